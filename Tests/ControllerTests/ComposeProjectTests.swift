import XCTest

@testable import Controller

/// Which Compose project runs from a file, by the labels of its containers.
final class ComposeProjectTests: XCTestCase {
    func testProjectsOfAFile() {
        func labels(_ project: String, _ files: String, in folder: String) -> [String: String] {
            [
                "com.docker.compose.project": project,
                "com.docker.compose.project.config_files": files,
                "com.docker.compose.project.working_dir": folder,
            ]
        }
        let running = [
            labels("shop", "/srv/shop/compose.yml", in: "/srv/shop"),
            labels("shop", "/srv/shop/compose.yml", in: "/srv/shop"),
            labels("old", "compose.yml,more.yml", in: "/srv/old"),
            labels("twin", "/srv/more.yml,/srv/shop/compose.yml", in: "/srv"),
            ["com.docker.compose.project": "bare"], [:],
        ]
        for (file, want) in [
            ("/srv/shop/compose.yml", ["shop", "twin"]), ("/srv/old/compose.yml", ["old"]),
            ("/srv/old/more.yml", ["old"]), ("/srv/none.yml", []),
        ] {
            XCTAssertEqual(ComposeProject.names(of: running, from: file), want, file)
        }
    }

    func testNoDockerIsNoProject() async {
        let projects = await ComposeProject.running(from: "/x", engine: "unix:///none/socket")
        XCTAssertEqual(projects, [])
    }
}

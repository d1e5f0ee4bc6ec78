import XCTest

@testable import DockerEngine

final class EngineAddressTests: XCTestCase {
    func testReadsWhatDockerHostHolds() throws {
        let table: [(text: String, path: String)] = [
            ("", "/var/run/docker.sock"),
            ("unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock"),
            ("/tmp/d.sock", "/tmp/d.sock"),
        ]
        for (text, path) in table {
            XCTAssertEqual(try EngineAddress(text).socketPath, path, text)
        }
    }

    func testRefusesTheRestWithARemedy() {
        let table: [(text: String, want: String)] = [
            ("tcp://10.0.0.1:2375", "on the Docker host itself"),
            ("https://10.0.0.1:2376", "on the Docker host itself"),
            ("ssh://root@host", "ssh there first"),
            ("npipe:////./pipe/docker_engine", "only unix sockets"),
            ("fd://", "only unix sockets"),
            ("unix://docker.sock", "absolute path"),
            ("docker.sock", "absolute path"),
            ("unix://", "absolute path"),
            ("/" + String(repeating: "x", count: 107), "107 bytes"),
        ]
        for (text, want) in table {
            XCTAssertThrowsError(try EngineAddress(text), text) { error in
                XCTAssertEqual((error as? EngineError)?.kind, .invalidAddress, text)
                XCTAssertTrue("\(error)".contains(want), "\(error)")
            }
        }
    }

    func testVersionsCompareByNumber() {
        XCTAssertLessThan(APIVersion(1, 9), APIVersion(1, 41))
        XCTAssertLessThan(APIVersion(1, 99), APIVersion(2, 0))
        let table: [(text: String, want: APIVersion?)] = [
            ("1.41", APIVersion(1, 41)), ("1", nil), ("1.41.2", nil), ("1.x", nil), ("-1.4", nil),
            ("", nil), (".", nil), ("99999999999999999999.1", nil),
        ]
        for (text, want) in table { XCTAssertEqual(APIVersion(text), want, text) }
    }

    func testPathsEscapeWhatIsPutIntoThem() {
        let table: [(path: EnginePath, want: String)] = [
            ("/containers/\("a/b?c")/json", "/containers/a%2Fb%3Fc/json"),
            ("/containers/\("ä b")", "/containers/%C3%A4%20b"),
            (
                "/images/\(image: "localhost:5000/a/b@sha256:0")/json",
                "/images/localhost:5000/a/b@sha256:0/json"
            ),
            ("/images/\(image: "a?b#c")", "/images/a%3Fb%23c"),
        ]
        for (path, want) in table { XCTAssertEqual(path.text, want) }
    }

    func testPathsThatMeanAnotherEndpointAreRefused() {
        for name in ["", ".", ".."] {
            for path: EnginePath in ["/containers/\(name)/json", "/containers/\(name)"] {
                XCTAssertThrowsError(try EngineCall(.get, path).request(nil), path.text)
            }
        }
        XCTAssertThrowsError(try EngineCall(.get, "/images/\(image: "../x")/json").request(nil))
    }
}

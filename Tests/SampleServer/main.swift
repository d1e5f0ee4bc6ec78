import Glibc

// sample-server PORT TEXT
//
// What stands in a container for the tests that count every request: HTTP/1.1 with connections
// that are kept, a download that takes its time, datagrams on the same port, and an end at SIGTERM
// that loses nothing.
//
//     GET /download/SECONDS   1 MiB, in so many steps a second apart
//     GET anything else       TEXT
//     a datagram              TEXT
//
// It says goodbye as RFC 9112 §9.6 asks: after SIGTERM each answer closes its connection, kept
// connections that are idle are closed once their callers had a second to speak, and the process
// ends with the last.
//
// With GOODBYE=reset in its environment it resets those that are idle at once instead, as servers
// do that leave with something unread.

guard CommandLine.arguments.count == 3, let port = UInt16(CommandLine.arguments[1]) else {
    write(STDERR_FILENO, "sample-server PORT TEXT\n", 24)
    exit(64)
}
let text = CommandLine.arguments[2] + "\n"
signal(SIGPIPE, SIG_IGN)

// The signal is awaited by a thread, so no call of the others is interrupted by it.
var termination = sigset_t()
sigemptyset(&termination)
sigaddset(&termination, SIGTERM)
pthread_sigmask(SIG_BLOCK, &termination, nil)

let listener = Listener(port: port)
let goodbye = getenv("GOODBYE").map { String(cString: $0) }
let server = Server(text: text, resetsIdle: goodbye == "reset")
Threads.start {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    // Whoever is in the queue is accepted and answered before the process ends.
    server.close()
    exit(0)
}
Threads.start { server.echo(listener.datagrams) }
server.serve(listener.connections)

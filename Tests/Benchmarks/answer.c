// answer PORT TEXT: answers every HTTP request on PORT with TEXT, as fast as one thread can.
//
// The backend of the benchmarks: what they measure is the way to it. Requests without a body that
// come in one piece are all it understands.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void leave(int number) { _exit(number == SIGTERM ? 0 : 1); }

int main(int count, char **words) {
    if (count != 3) return 64;
    signal(SIGTERM, leave); // process 1 would ignore it
    signal(SIGPIPE, SIG_IGN);
    char kept[512], last[512];
    const char *form = "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n%s\n";
    int keptSize = snprintf(kept, sizeof kept, form, strlen(words[2]) + 1, "", words[2]);
    int lastSize = snprintf(last, sizeof last, form, strlen(words[2]) + 1,
                            "Connection: close\r\n", words[2]);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return perror("listen"), 1;
    int queue = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(queue, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(queue, events, 256, -1);
        for (int index = 0; index < ready; index++) {
            int peer = events[index].data.fd;
            if (peer == listener) {
                while ((peer = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    event.data.fd = peer;
                    epoll_ctl(queue, EPOLL_CTL_ADD, peer, &event);
                }
                continue;
            }
            char request[8192];
            ssize_t size = read(peer, request, sizeof request - 1);
            if (size <= 0) {
                close(peer);
                continue;
            }
            request[size] = 0;
            int isLast = strstr(request, " HTTP/1.0\r\n") || strstr(request, "onnection: close");
            ssize_t sent = write(peer, isLast ? last : kept, isLast ? lastSize : keptSize);
            if (isLast || sent < 0) close(peer);
        }
    }
}

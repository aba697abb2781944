// An engine that only streams: answers POST with SSE chunks, each in a write of its own, to many connections in turn.
// usage: stream_worker PORT MODEL CHUNKS INTERVAL_US   (interval 0: as fast as the sockets take them)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 1024, IN = 16384, OUT = 1024 };

struct connection {
    int have;          // bytes of a request read so far
    long left;         // chunks still to send, -1 when no answer is under way
    int start, end;    // what a full socket left over
    char in[IN], out[OUT];
};

static struct pollfd sockets[LIMIT + 1];  // the last one listens
static struct connection *connections[LIMIT];
static char head[256], chunk[OUT], tail[OUT], models[OUT];
static long chunks;

static void framed(char *to, const char *data) { sprintf(to, "%zx\r\n%s\r\n", strlen(data), data); }

static void prepare(const char *model) {
    char event[OUT / 2], last[OUT / 2], list[OUT / 2];
    const char *shape = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,\"model\":\"%s\","
                        "\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}\n\n";
    sprintf(head, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    sprintf(event, shape, model, "\"content\":\" token\"", "null");
    framed(chunk, event);
    sprintf(last, shape, model, "", "\"stop\"");
    strcat(last, "data: [DONE]\n\n");
    framed(tail, last);
    strcat(tail, "0\r\n\r\n");
    sprintf(list, "{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"object\":\"model\",\"created\":1,\"owned_by\":\"bench\"}]}", model);
    sprintf(models, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(list), list);
}

static void drop(int at) {
    close(sockets[at].fd);
    free(connections[at]);
    connections[at] = NULL;
    sockets[at].fd = -1;
}

// Keeps what the socket does not take; the caller sends nothing more before that is out.
static void send_text(int at, const char *text) {
    struct connection *c = connections[at];
    int length = strlen(text);
    ssize_t sent = send(sockets[at].fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return drop(at);
    if (sent < 0) sent = 0;
    c->start = 0;
    c->end = length - sent;
    memcpy(c->out, text + sent, c->end);
}

// One step of an answer; false when the socket is full.
static int step(int at) {
    struct connection *c = connections[at];
    if (c->start < c->end) {
        ssize_t sent = send(sockets[at].fd, c->out + c->start, c->end - c->start, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return drop(at), 0;
        if (sent > 0) c->start += sent;
        return c->start == c->end;
    }
    if (c->left < 0) return 0;
    send_text(at, c->left ? chunk : tail);
    if (connections[at]) c->left--;
    return connections[at] && c->start == c->end;
}

static void take_request(int at) {
    struct connection *c = connections[at];
    ssize_t got = recv(sockets[at].fd, c->in + c->have, IN - 1 - c->have, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) drop(at);
        return;
    }
    c->in[c->have += got] = 0;
    char *body = strstr(c->in, "\r\n\r\n"), *length = strcasestr(c->in, "\r\ncontent-length:");
    if (!body || c->have < (body + 4 - c->in) + (length && length < body ? atol(length + 17) : 0)) return;
    c->have = 0;
    if (strncmp(c->in, "POST", 4) == 0) {
        c->left = chunks;
        send_text(at, head);
    } else if (strncmp(c->in, "GET /v1/models ", 15) == 0) {
        send_text(at, models);
    } else {
        send_text(at, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    }
}

static void take_connection(void) {
    int yes = 1, fd = accept(sockets[LIMIT].fd, NULL, NULL);
    for (int at = 0; fd >= 0 && at < LIMIT; at++) {
        if (sockets[at].fd >= 0) continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        sockets[at] = (struct pollfd){.fd = fd, .events = POLLIN};
        connections[at] = calloc(1, sizeof(struct connection));
        connections[at]->left = -1;
        return;
    }
    if (fd >= 0) close(fd);
}

static long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int main(int count, char **words) {
    if (count != 5) return fprintf(stderr, "usage: stream_worker PORT MODEL CHUNKS INTERVAL_US\n"), 2;
    long interval = atol(words[4]), due = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    chunks = atol(words[3]);
    prepare(words[2]);
    for (int at = 0; at < LIMIT; at++) sockets[at].fd = -1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) return perror("stream_worker"), 1;
    sockets[LIMIT] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (int wait = 0;; wait = 10) {
        int moved = 0, busy = 0;
        for (int at = 0; at < LIMIT; at++) busy |= connections[at] && (connections[at]->left >= 0 || connections[at]->start < connections[at]->end);
        if (busy && (!interval || now_us() >= due)) {
            for (int at = 0; at < LIMIT; at++) moved |= connections[at] && step(at);
            due = now_us() + interval;
        }
        wait = !busy ? 1000 : interval ? (due - now_us()) / 1000 : moved ? 0 : 1;
        if (poll(sockets, LIMIT + 1, wait < 0 ? 0 : wait) < 0) continue;
        for (int at = 0; at < LIMIT; at++)
            if (connections[at] && sockets[at].revents) take_request(at);
        if (sockets[LIMIT].revents) take_connection();
    }
}

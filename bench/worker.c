// An engine that only answers, as cheaply as can be, so that a run measures what stands before it.
// usage: worker PORT MODEL ANSWER_BYTES
// A message "stream CHUNKS INTERVAL_US" is answered by that many SSE chunks, each in a write of its own (interval 0: as fast
// as the socket takes them); any other POST by one chat completion of ANSWER_BYTES; GET by what routers probe.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT = 1024, IN = 32768, OUT = 2048, READY = 256 };

struct connection {
    int fd, have;         // bytes of a request read so far
    long left;            // chunks still to send, -1 when no answer is under way
    long interval, due;   // microseconds
    int start, end;       // what a full socket left over
    char in[IN], out[OUT];
};

static struct connection *streaming[LIMIT];
static int streams, poller;
static char whole[OUT], head[256], chunk[OUT], tail[OUT], models[OUT], info[OUT];

static long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void plain(char *to, const char *json) {
    snprintf(to, OUT, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(json), json);
}

static void framed(char *to, const char *data) { snprintf(to, OUT, "%zx\r\n%s\r\n", strlen(data), data); }

static void prepare(const char *model, int bytes) {
    static const char *completion =
        "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1795000000,\"model\":\"%s\",\"system_fingerprint\":\"fp_bench\","
        "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\",\"logprobs\":null}],"
        "\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":60,\"total_tokens\":100}}";
    static const char *event = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,\"model\":\"%s\","
                               "\"choices\":[{\"index\":0,\"delta\":{%s},\"finish_reason\":%s}]}\n\n";
    enum { MOST = OUT / 4 };
    char text[MOST + 1], json[OUT - 256];
    int fill = bytes - snprintf(json, sizeof json, completion, model, "");
    memset(text, 'a', MOST);
    text[fill < 0 ? 0 : fill < MOST ? fill : MOST] = 0;
    snprintf(json, sizeof json, completion, model, text);
    plain(whole, json);
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n");
    snprintf(json, sizeof json, event, model, "\"content\":\" token\"", "null");
    framed(chunk, json);
    snprintf(json, sizeof json, event, model, "", "\"stop\"");
    strcat(json, "data: [DONE]\n\n");
    framed(tail, json);
    strcat(tail, "0\r\n\r\n");
    snprintf(json, sizeof json, "{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"object\":\"model\",\"created\":1,\"owned_by\":\"bench\"}]}", model);
    plain(models, json);
    snprintf(json, sizeof json, "{\"status\":\"ok\",\"model_path\":\"%s\",\"served_model_name\":\"%s\",\"model_id\":\"%s\",\"is_generation\":true}", model, model, model);
    plain(info, json);
}

static void watch(struct connection *c, int how) {
    struct epoll_event event = {.events = EPOLLIN | (c->start < c->end ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(poller, how, c->fd, &event);
}

static void end_stream(struct connection *c) {
    c->left = -1;
    for (int at = 0; at < streams; at++)
        if (streaming[at] == c) streaming[at--] = streaming[--streams];
}

static void drop(struct connection *c) {
    end_stream(c);
    close(c->fd);
    c->fd = -1;  // freed when this round of events is over: another event of it may follow
}

// Keeps what the socket does not take; the caller sends nothing more before that is out.
static void send_text(struct connection *c, const char *text) {
    int length = strlen(text);
    ssize_t sent = send(c->fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return drop(c);
    if (sent < 0) sent = 0;
    c->start = 0;
    c->end = length - sent;
    memcpy(c->out, text + sent, c->end);
    if (c->end) watch(c, EPOLL_CTL_MOD);
}

static void send_rest(struct connection *c) {
    ssize_t sent = send(c->fd, c->out + c->start, c->end - c->start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return drop(c);
    if (sent > 0) c->start += sent;
    if (c->start == c->end) watch(c, EPOLL_CTL_MOD);
}

// Sends what is due on all streams; how many milliseconds may pass until the next chunk, -1 when there is none.
static int stream_step(void) {
    long now = now_us(), next = -1;
    for (int at = streams - 1; at >= 0; at--) {
        struct connection *c = streaming[at];
        if (c->start < c->end) continue;  // waits for its socket
        if (c->due <= now) {
            int last = c->left == 0;
            c->left--;
            c->due += c->interval;
            if (last) end_stream(c);
            send_text(c, last ? tail : chunk);
            if (last || c->fd < 0) continue;
        }
        if (next < 0 || c->due < next) next = c->due;
    }
    return next < 0 ? -1 : next <= now ? 0 : (int)((next - now + 999) / 1000);
}

static void answer_post(struct connection *c, const char *body) {
    const char *wish = strstr(body, "\"stream ");
    long chunks = 0, interval = 0;
    if (!wish || sscanf(wish, "\"stream %ld %ld", &chunks, &interval) != 2 || streams == LIMIT) return send_text(c, whole);
    c->left = chunks;
    c->interval = interval;
    c->due = now_us() + interval;
    streaming[streams++] = c;
    send_text(c, head);
}

// Whether the request is whole; `body` is where its body begins.
static int complete(struct connection *c, char **body) {
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) return 0;
    *body = end + 4;
    char *length = strcasestr(c->in, "\r\ncontent-length:"), *chunked = strcasestr(c->in, "\r\ntransfer-encoding: chunked");
    if (chunked && chunked < end) return c->have >= 5 && strcmp(c->in + c->have - 5, "0\r\n\r\n") == 0;
    return c->have >= (*body - c->in) + (length && length < end ? atol(length + 17) : 0);
}

static void take_request(struct connection *c) {
    ssize_t got = recv(c->fd, c->in + c->have, IN - 1 - c->have, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) drop(c);
        return;
    }
    char *body;
    c->in[c->have += got] = 0;
    if (!complete(c, &body)) return;
    c->have = 0;
    if (strncmp(c->in, "POST", 4) == 0) return answer_post(c, body);
    send_text(c, strncmp(c->in, "GET /v1/models", 14) == 0 ? models : info);
}

static struct connection *take_connection(int listener) {
    int yes = 1, fd = accept(listener, NULL, NULL);
    struct connection *c = fd < 0 ? NULL : calloc(1, sizeof *c);
    if (!c) return NULL;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    c->fd = fd;
    c->left = -1;
    watch(c, EPOLL_CTL_ADD);
    return c;
}

static int listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) return -1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    return epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) ? -1 : listener;
}

int main(int count, char **words) {
    if (count != 4 || strlen(words[2]) > 64) return fprintf(stderr, "usage: worker PORT MODEL ANSWER_BYTES\n"), 2;
    poller = epoll_create1(0);
    prepare(words[2], atoi(words[3]));
    int listener = listen_on(atoi(words[1]));
    if (listener < 0) return perror("worker"), 1;
    struct epoll_event events[READY];
    for (;;) {
        int ready = epoll_wait(poller, events, READY, stream_step()), gone = 0;
        struct connection *dead[READY];
        for (int at = 0; at < ready; at++) {
            struct connection *c = events[at].data.ptr;
            if (!c) take_connection(listener);
            else if (events[at].events & EPOLLOUT) send_rest(c);
            else take_request(c);
            if (c && c->fd < 0) dead[gone++] = c;
        }
        while (gone) free(dead[--gone]);
    }
}

/// Every metric that Aurora emits, in one table. `docs/metrics.md` lists the same names with their labels.
public enum KnownMetrics {
    public static let all = genAI + gateway + engines + mesh + gpus + chat + tasks + services

    private static let genAI = [
        MetricDescription(
            "gen_ai.server.request.duration", .histogram, unit: "seconds",
            help: "Time from a request's first byte to its answer's last byte, in seconds."),
        MetricDescription(
            "gen_ai.server.time_to_first_token", .histogram, unit: "seconds",
            help: "Time from a request's first byte to the first piece of its answer, in seconds."),
        MetricDescription(
            "gen_ai.client.token.usage", .histogram, buckets: .tokens,
            help: "Tokens read (input) and written (output) per request, as engines report them."),
    ]

    private static let gateway = [
        MetricDescription("aurora_gateway_requests_total", .counter, help: "Requests answered by the gateway."),
        MetricDescription("aurora_gateway_in_flight", .gauge, help: "Requests that a worker is answering now."),
        MetricDescription(
            "aurora_gateway_retries_total", .counter, help: "Requests that another worker took over because one failed, by how it failed."),
        MetricDescription("aurora_gateway_continued_total", .counter, help: "Answers that another worker went on with in their middle."),
        MetricDescription(
            "aurora_gateway_broken_answers_total", .counter, help: "Answers that broke in their middle and could not be continued, by why."),
        MetricDescription("aurora_gateway_waited_total", .counter, help: "Requests that waited in line for a worker."),
        MetricDescription(
            "aurora_gateway_cancelled_total", .counter, help: "Requests whose client went away before the answer was whole."),
    ]

    private static let engines = [
        MetricDescription("aurora_engine_up", .gauge, help: "1 when the engine answers its polls, else 0."),
        MetricDescription("aurora_engine_models", .gauge, help: "Models that the engine offers."),
    ]

    private static let mesh = [
        MetricDescription("aurora_mesh_node_up", .gauge, help: "1 when the other node answers, else 0."),
        MetricDescription(
            "aurora_mesh_node_round_trip", .gauge, unit: "seconds", help: "Round trip of a small call to the other node, in seconds."),
    ]

    private static let gpus = [
        MetricDescription("aurora_gpu_memory_bytes", .gauge, help: "Memory of a GPU, in bytes."),
        MetricDescription("aurora_gpu_memory_used_bytes", .gauge, help: "Memory of a GPU that is in use, whoever uses it, in bytes."),
        MetricDescription("aurora_gpu_utilisation_ratio", .gauge, help: "Share of time in which a GPU worked, 0 to 1."),
        MetricDescription("aurora_gpu_temperature_celsius", .gauge, help: "Temperature of a GPU, in degrees Celsius."),
    ]

    private static let chat = [
        MetricDescription("aurora_chat_answers_total", .counter, help: "Answers that ended, by how they ended."),
        MetricDescription("aurora_chat_answers_growing", .gauge, help: "Answers being written now."),
    ]

    private static let tasks = [
        MetricDescription("aurora_tasks_submitted_total", .counter, help: "Tasks taken in; the same one sent again does not count."),
        MetricDescription("aurora_tasks_ended_total", .counter, help: "Tasks that ended, by how they ended."),
        MetricDescription("aurora_tasks_retries_total", .counter, help: "Attempts after which a task went back in line."),
        MetricDescription("aurora_tasks_queued", .gauge, help: "Tasks that wait for their turn."),
        MetricDescription("aurora_tasks_running", .gauge, help: "Tasks that are being worked on."),
        MetricDescription(
            "aurora_tasks_duration", .histogram, unit: "seconds", help: "Time from a task's submission to its end, in seconds."),
    ]

    private static let services = [
        MetricDescription("aurora_service_up", .gauge, help: "1 when the service runs and is not unhealthy, else 0."),
        MetricDescription("aurora_service_restarts_total", .counter, help: "Times that a service was started again after it had ended."),
        MetricDescription(
            "aurora_service_start_time_seconds", .gauge,
            help: "When the service's process was started, in seconds since 1970; 0 without one."),
    ]
}

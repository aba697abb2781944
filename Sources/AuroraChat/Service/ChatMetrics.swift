import Metrics

/// What the chat counts. Labels are closed sets: no names, no free text.
enum ChatMetrics {
    static func ended(_ outcome: AnswerOutcome) {
        Counter(label: "aurora_chat_answers_total", dimensions: [("outcome", outcome.label)]).increment()
    }

    static func growing(_ count: Int) {
        Gauge(label: "aurora_chat_answers_growing").record(count)
    }
}

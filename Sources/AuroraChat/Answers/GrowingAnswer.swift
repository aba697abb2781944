/// An answer while it grows: who it belongs to, what it said so far, and the way to stop it.
struct GrowingAnswer: Sendable {
    let conversationID: String
    let questionID: String
    let answerID: String
    let personality: String
    let log = AnswerLog()

    private let stopped: AsyncStream<Void>
    private let stopper: AsyncStream<Void>.Continuation

    init(conversationID: String, questionID: String, answerID: String, personality: String) {
        self.conversationID = conversationID
        self.questionID = questionID
        self.answerID = answerID
        self.personality = personality
        (stopped, stopper) = AsyncStream.makeStream()
    }

    func stop() { stopper.finish() }

    /// Returns after `stop()` or when the task is cancelled.
    func untilStopped() async {
        for await _ in stopped {}
    }

    func handle(from offset: Int = 0) -> AnswerHandle {
        AnswerHandle(
            conversationID: conversationID, questionID: questionID, answerID: answerID, personality: personality,
            events: AnswerEvents(log, from: offset))
    }
}

import GRDB

extension Schema {
    /// Full-text indexes of titles and messages that hold no copy of the text; triggers keep them in step.
    ///
    /// An answer enters the index when it stops growing: indexing every piece would cost more than storing it, and an index without
    /// its own copy must be told the exact text that it forgets.
    static func createSearch(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE title_text USING fts5 (
                    title, content = 'conversation', content_rowid = 'number', tokenize = 'trigram');
                CREATE TRIGGER title_added AFTER INSERT ON conversation BEGIN
                    INSERT INTO title_text (rowid, title) VALUES (new.number, new.title);
                END;
                CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversation BEGIN
                    INSERT INTO title_text (title_text, rowid, title) VALUES ('delete', old.number, old.title);
                    INSERT INTO title_text (rowid, title) VALUES (new.number, new.title);
                END;
                CREATE TRIGGER title_removed AFTER DELETE ON conversation BEGIN
                    INSERT INTO title_text (title_text, rowid, title) VALUES ('delete', old.number, old.title);
                END;
                INSERT INTO title_text (rowid, title) SELECT number, title FROM conversation;

                CREATE VIRTUAL TABLE message_text USING fts5 (
                    content, content = 'message', content_rowid = 'number', tokenize = 'trigram');
                CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.state <> 'growing' BEGIN
                    INSERT INTO message_text (rowid, content) VALUES (new.number, new.content);
                END;
                CREATE TRIGGER message_finished AFTER UPDATE OF state ON message
                WHEN old.state = 'growing' AND new.state <> 'growing' BEGIN
                    INSERT INTO message_text (rowid, content) VALUES (new.number, new.content);
                END;
                CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.state <> 'growing' BEGIN
                    INSERT INTO message_text (message_text, rowid, content) VALUES ('delete', old.number, old.content);
                END;
                INSERT INTO message_text (rowid, content) SELECT number, content FROM message WHERE state <> 'growing';
                """)
    }
}

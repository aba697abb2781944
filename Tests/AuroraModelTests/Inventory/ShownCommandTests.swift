import AuroraModel
import Testing

struct ShownCommandTests {
    @Test(
        arguments: [
            (["redis-server", "--port", "6379"], "redis-server --port 6379"),
            (["app", "--password", "hunter2", "x"], "app --password *** x"),
            (["app", "--api-key=abc"], "app --api-key=***"),
            (["app", "DB_PASSWORD=abc"], "app DB_PASSWORD=***"),
            (["docker", "run", "--env=DB_PASSWORD=a=b", "x"], "docker run --env=DB_PASSWORD=*** x"),
            (["redis-server", "--requirepass", "hunter2"], "redis-server --requirepass ***"),
            (["app", "postgresql://bob:hunter2@db:5432/aurora?x=1"], "app postgresql://bob:***@db:5432/aurora?x=1"),
            (["app", "http://host:80/a@b:c"], "app http://host:80/a@b:c"),
            (["app", "http://host/x?api_key=abc"], "app http://host/x?api_key=***"),
            (["curl", "-H", "Authorization: Bearer abc def", "x"], "curl -H Authorization: *** *** *** x"),
            (["sh", "-c", "PGPASSWORD='hun ter2' pg_dump -h db --secret abc"], "sh -c PGPASSWORD=*** *** pg_dump -h db --secret ***"),
            (["sh", "-c", "psql postgres://bob:hunter2@db/x -c 'a = b'"], "sh -c psql postgres://bob:***@db/x -c 'a = b'"),
            (["app", "--key", "sk-0123456789abcdef"], "app --key ***"),
            (["nginx: master process /usr/sbin/nginx -g daemon off;"], "nginx: master process /usr/sbin/nginx -g daemon off;"),
            (["a\nb", "--token"], "a b --token"),
            ([], ""),
        ])
    func hidesWhatLooksLikeASecret(arguments: [String], shown: String) {
        #expect(ShownCommand.text(arguments, limit: 200) == shown)
    }

    @Test func isCutAtItsLimit() {
        #expect(ShownCommand.text([String(repeating: "x", count: 500)], limit: 200).count == 201)
    }

    @Test func aHugeArgumentTakesNoTime() {
        let huge = String(repeating: "=", count: 65_536)
        #expect(ShownCommand.masked([huge, "x"]).count == 2)
    }
}

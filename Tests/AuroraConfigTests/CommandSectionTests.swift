import AuroraConfig
import AuroraModel
import Testing

@Suite struct CommandSectionTests {
    @Test(arguments: [
        (
            "run: 'ls | wc'", "commands.c.run has '|', and no shell reads it",
            "write [ sh, -c, \"…\" ] when a shell should, or put it in quotes"
        ),
        ("run: 'ls \"a'", "commands.c.run has a quote that does not end", "close it, or write a list: [ program, argument, … ]"),
        ("run: []", "commands.c.run names no program", "use a program and its arguments: [ program, argument, … ], or one line of words"),
        ("run: ''", "commands.c.run names no program", "use a program and its arguments: [ program, argument, … ], or one line of words"),
        (
            "timeout: 5s", "commands.c has no 'run'",
            "add 'run': a program and its arguments: [ program, argument, … ], or one line of words"
        ),
        ("run: [ '{what}', x ]", "commands.c.run starts with '{what}'", "write the program itself; only its arguments may be {name}"),
        (
            "run: [ /bin/sh, -c, 'rm {file}' ]", "commands.c.run hands {file} to '/bin/sh', which would read it as a command",
            "run the program itself, or pass the value on in env: { VALUE: \"{file}\" } and write \"$$VALUE\" in the script"
        ),
        ("run: ls, on: [ moon ]", "commands.c.on has 'moon', which is not among the nodes", "known: aurora"),
        ("run: ls, env: { 1A: x }", "'1A' is no name of a variable", "use letters, digits and '_', not starting with a digit"),
        ("run: ls, timeout: 8d", "commands.c.timeout is '8d'", "use a duration from 1s to 7d, such as 250ms, 30s, 5m or 1h"),
    ])
    func aWrongCommandIsRefusedWithItsFix(_ fields: String, _ reason: String, _ fix: String) throws {
        #expect(try words("commands: { c: { \(fields) } }") == ["aurora.yml:1: error: \(reason)\n  fix: \(fix)"])
    }

    @Test(arguments: [
        ("df -h", ["df", "-h"]), ("  echo 'a  b' \"c;d\" e'f'g  ", ["echo", "a  b", "c;d", "efg"]), ("echo ''", ["echo", ""]),
        ("./tool {what}", ["./tool", "{what}"]),
    ])
    func aLineIsSplitByBlanksAndQuotesOnly(_ line: String, _ run: [String]) throws {
        let quoted = line.replacing("'", with: "''")
        #expect(try manifest("commands: { c: { run: '\(quoted)' } }").commands.first?.run == run)
    }

    @Test func aShellMayReadWhatTheManifestSaysAndGetsValuesAsVariables() throws {
        let command = try manifest("commands: { c: { run: [ sh, -c, 'echo \"$$VALUE\" | wc' ], env: { VALUE: '{what}' } } }").commands[0]
        #expect(command.run == ["sh", "-c", "echo \"$VALUE\" | wc"])
        #expect(command.parameters == ["what"])
    }

    @Test func bracesThatHoldNoNameAreText() {
        let command = TaskCommand(name: "c", run: ["awk", "{print $1}", "{}", "{a b}", "{ok}", "{ok}"], timeout: .seconds(1))
        #expect(command.parameters == ["ok"])
    }
}

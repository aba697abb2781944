import AuroraCommands

await AuroraCommand.start()

using Loxi.Cli;

return await Loxictl.RunAsync(args, CliEnvironment.OfProcess());

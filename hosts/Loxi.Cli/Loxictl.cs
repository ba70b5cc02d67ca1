using System.CommandLine;
using System.CommandLine.Invocation;
using Loxi.Cli.Commands;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli;

/// <summary>The command line as a whole.</summary>
internal static class Loxictl
{
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Parses and runs a command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment, CancellationToken cancellationToken = default)
    {
        var parse = CreateRoot(environment).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            Report(environment, ParseErrors.Describe(parse));
            return ExitCode.Usage;
        }

        return await parse.InvokeAsync(new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TerminationTimeout,
        }, cancellationToken);
    }

    /// <summary>Writes to standard error; the first line says whose message it is.</summary>
    public static void Report(CliEnvironment environment, IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            environment.Error.WriteLine((i == 0 ? "loxictl: " : "  ") + SafeText.Of(lines[i]));
        }
    }

    private static RootCommand CreateRoot(CliEnvironment environment)
    {
        var options = new GlobalOptions();
        var runner = new CommandRunner(environment, options);
        var root = new RootCommand("Manages the load balancer of a Loxi node.")
        {
            new Command("create", "Create or replace.")
            {
                CreateLb.Create(runner),
                CreateEndpoint.Create(runner),
                CreatePool.Create(runner),
                CreateBfd.Create(runner),
                BgpGlobalCommands.Create(runner),
                CreateBgpNeighbor.Create(runner),
                BgpRangeCommands.Create(runner),
                BgpSetCommands.Create(runner),
                BgpPolicyCommands.Create(runner),
                BgpPolicyCommands.Apply(runner, isRemoval: false),
            },
            new Command("get", "Show.")
            {
                GetLb.Create(runner),
                GetConntrack.Create(runner),
                GetEndpoint.Create(runner),
                GetPool.Create(runner),
                GetBfd.Create(runner),
                BgpGlobalCommands.Get(runner),
                GetBgpNeighbor.Create(runner),
                BgpRangeCommands.Get(runner),
                GetBgpRoute.Create(runner),
                BgpSetCommands.Get(runner),
                BgpPolicyCommands.Get(runner),
                HaStateCommands.Get(runner),
                HaCommands.Get(runner),
                GetCounters.Create(runner),
                GetStatus.Create(runner),
                GetVersion.Create(runner),
            },
            new Command("delete", "Delete.")
            {
                DeleteLb.Create(runner),
                DeleteConntrack.Create(runner),
                DeleteEndpoint.Create(runner),
                DeletePool.Create(runner),
                DeleteBfd.Create(runner),
                BgpGlobalCommands.Delete(runner),
                DeleteBgpNeighbor.Create(runner),
                BgpRangeCommands.Delete(runner),
                BgpSetCommands.Delete(runner),
                BgpPolicyCommands.Delete(runner),
                BgpPolicyCommands.Apply(runner, isRemoval: true),
            },
            new Command("set", "Set what is neither created nor deleted.") { SetEndpoint.Create(runner), SetBfd.Create(runner), SetBgpNeighbor.Create(runner), HaStateCommands.Set(runner) },
            HaCommands.Manage(runner, options),
            TopCommand.Create(runner),
        };
        options.AddTo(root);
        HelpWithExitCodes.AttachTo(root);
        return root;
    }
}

using System.CommandLine.Parsing;
using System.Globalization;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>Runs the command line in this process, against a node or against nothing.</summary>
internal static class Cli
{
    public static Task<Outcome> RunAsync(FakeNode node, string commandLine, params (string Name, string Value)[] variables) =>
        RunAsync(commandLine, new CliEnvironment
        {
            Output = new StringWriter(CultureInfo.InvariantCulture),
            Error = new StringWriter(CultureInfo.InvariantCulture),
            Variable = name => variables.FirstOrDefault(variable => variable.Name == name).Value,
            Time = new EagerTimeProvider(),
            Transport = _ => node,
        }, node, TestContext.Current.CancellationToken);

    public static async Task<Outcome> RunAsync(string commandLine, CliEnvironment environment, FakeNode? node, CancellationToken cancellationToken)
    {
        var code = await Loxictl.RunAsync([.. CommandLineParser.SplitCommandLine(commandLine)], environment, cancellationToken);
        return new Outcome(code, environment.Output.ToString()!, environment.Error.ToString()!, node?.Requests ?? []);
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Loxi.Cli;

/// <summary>The help of every command, followed by what the process returns.</summary>
internal sealed class HelpWithExitCodes(SynchronousCommandLineAction help) : SynchronousCommandLineAction
{
    // Help is wanted also of a command line that is not complete.
    public override bool ClearsParseErrors => true;

    public static void AttachTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is SynchronousCommandLineAction help)
            {
                option.Action = new HelpWithExitCodes(help);
            }
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        var code = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCode.Explanation);
        return code;
    }
}

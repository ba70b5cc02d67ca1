using System.Net.Http;

namespace Loxi.Cli;

/// <summary>Everything that a command touches outside itself.</summary>
internal sealed record CliEnvironment
{
    private const int UsualWidth = 80;

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether the output is a terminal whose cursor can be moved.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = UsualWidth;

    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Reads a file of text.</summary>
    public Func<string, string> ReadFile { get; init; } = File.ReadAllText;

    /// <summary>Makes the transport to a node.</summary>
    public required Func<Uri, HttpMessageHandler> Transport { get; init; }

    /// <summary>Colours only on a terminal, and not when https://no-color.org says so.</summary>
    public bool UsesColours => IsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR"));

    public static CliEnvironment OfProcess()
    {
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term && term != "dumb";
        return new CliEnvironment
        {
            Output = Console.Out,
            Error = Console.Error,
            IsTerminal = terminal,
            Width = terminal ? Math.Max(Console.WindowWidth, 40) : UsualWidth,
            Variable = Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
            Transport = static api => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,

                // A proxy of the environment knows nothing of this machine's loopback.
                UseProxy = !api.IsLoopback,
            },
        };
    }
}

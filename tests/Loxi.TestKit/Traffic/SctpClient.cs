using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Traffic;

/// <summary>An SCTP client that sends messages and shuts the association down: <c>tsctp</c>, as <see cref="SctpServer"/>.</summary>
public static partial class SctpClient
{
    /// <summary>Sends messages in one association and returns when the client has ended.</summary>
    /// <exception cref="LabException">It ended with a failure.</exception>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task SendAsync(LabHost host, IPAddress local, IPEndPoint target, int messages = 20, int length = 1000, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(target);
        await using var process = host.Start(
            "sctp-client", LabPrograms.Tsctp, "-L", local.ToString(), "-p", Text(target.Port), "-n", Text(messages), "-l", Text(length), target.Address.ToString());
        var exit = await process.Completion.WaitAsync(timeout ?? TimeSpan.FromSeconds(20));
        if (exit != 0)
        {
            throw new LabException($"{process} ended with {exit}; its last lines:\n{process.Tail()}");
        }
    }

    /// <summary>Sends messages in one association for a time, and returns how many when the client has ended, which it does when all have been acknowledged.</summary>
    /// <exception cref="LabException">It ended with a failure.</exception>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<long> SendForAsync(LabHost host, IPAddress local, IPEndPoint target, TimeSpan time, int length, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(target);
        await using var process = host.Start(
            "sctp-client", LabPrograms.Tsctp, "-L", local.ToString(), "-p", Text(target.Port), "-n", "0", "-T", Text((int)time.TotalSeconds), "-l", Text(length), target.Address.ToString());
        var exit = await process.Completion.WaitAsync(timeout);
        // The stack itself writes a lot behind it.
        return exit == 0 && process.Lines.Select(static line => Sent().Match(line)).FirstOrDefault(static match => match.Success) is { } sent
            ? long.Parse(sent.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new LabException($"{process} ended with {exit}; its last lines:\n{process.Tail()}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"of (\d+) messages of length", RegexOptions.CultureInvariant)]
    private static partial Regex Sent();
}

using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Pairing;

/// <summary>
/// Gives nodes that keep connections alike the pins of each other: each says its own by the way that a key may go too, so nobody in between can put another one in its place. A node that
/// has the pin of another one already keeps what it has of it, e.g. that of the next key.
/// </summary>
internal sealed class PinExchange(IReadOnlyList<PairedNode> nodes, CliEnvironment environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var keeping = nodes.Where(static n => n.Status.Sync is not null).ToArray();
        if (keeping.Length == 0)
        {
            return;
        }

        foreach (var node in nodes.Except(keeping))
        {
            await SayAsync($"{node.Name} keeps no connections alike: start it with --ha-sync=pair, and call this again");
        }

        if (keeping.Length == 1)
        {
            return;
        }

        foreach (var node in keeping)
        {
            await TellAsync(node, keeping.Where(n => n != node), cancellationToken);
        }

        await WaitAsync(keeping, cancellationToken);
        await SayAsync($"connections of {PairedNode.Numbers(keeping)} are kept alike");
    }

    private async Task TellAsync(PairedNode node, IEnumerable<PairedNode> others, CancellationToken cancellationToken)
    {
        var known = await node.Session.CallAsync(() => node.Session.Client.ListHaPeersAsync(cancellationToken));
        foreach (var other in others)
        {
            var pin = other.Status.Sync!.Pin;
            var peer = (known.Peers ?? []).First(p => p.Node == other.Number);
            if ((peer.SyncPins ?? []).Contains(pin, StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            // What it has is not the key of that node: it would not be let in by it.
            await node.Session.CallAsync(() => node.Session.Client.PutHaPeerAsync(other.Number, new HaPeerSettings { Paths = peer.Paths, SyncPins = [pin] }, cancellationToken));
            await SayAsync($"{node.Name} knows node {Text(other.Number)} by its pin {pin}");
        }
    }

    /// <summary>Until each hears the changes of each other one: a pin alone keeps nothing alike.</summary>
    private async Task WaitAsync(IReadOnlyList<PairedNode> keeping, CancellationToken cancellationToken)
    {
        var start = environment.Time.GetTimestamp();
        while (true)
        {
            var closed = new List<string>();
            foreach (var node in keeping)
            {
                var status = await node.Session.CallAsync(() => node.Session.Client.GetHaAsync(cancellationToken));
                closed.AddRange((status.Peers ?? []).Where(p => keeping.Any(n => n.Number == p.Node) && p.Sync is not { Live: true, Bulk: true })
                    .Select(p => $"{node.Name} has no stream with node {Text(p.Node)}: {p.Sync?.Problem ?? "it has begun to connect"}"));
            }

            if (closed.Count == 0)
            {
                return;
            }

            if (environment.Time.GetElapsedTime(start) >= Patience)
            {
                throw new CliException(ExitCode.Refused, [.. closed, "the nodes have the pins of each other, and go on connecting: TCP port 22112 must pass between them (loxictl get ha)"]);
            }

            await Task.Delay(Pause, environment.Time, cancellationToken);
        }
    }

    private Task SayAsync(string line) => environment.Output.WriteLineAsync(SafeText.Of(line));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

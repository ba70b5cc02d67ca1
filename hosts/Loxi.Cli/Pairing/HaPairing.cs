using System.Globalization;
using Loxi.Api.V1;
using Loxi.Cli.Output;
using Loxi.Cli.Session;

namespace Loxi.Cli.Pairing;

/// <summary>
/// Takes nodes to authenticated HELLOs with one key, each step on all nodes before the next one: all accept the key, all send with it, all accept nothing else. So at
/// every moment each node accepts what the others send, also when a step fails on one of them.
/// </summary>
internal sealed class HaPairing(IReadOnlyList<NodeSession> sessions, CliEnvironment environment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(bool newKey, CancellationToken cancellationToken)
    {
        var nodes = new List<PairedNode>();
        foreach (var session in sessions)
        {
            nodes.Add(await session.CallAsync(() => PairedNode.ReadAsync(session, cancellationToken)));
        }

        Require(nodes);
        await PairKeysAsync(nodes, newKey, cancellationToken);
        await new PinExchange(nodes, environment).RunAsync(cancellationToken);
    }

    private async Task PairKeysAsync(List<PairedNode> nodes, bool newKey, CancellationToken cancellationToken)
    {
        if (PairingKey.Choose(nodes, newKey) is not { } key)
        {
            await SayAsync($"paired already: {Numbers(nodes)} send with key {nodes[0].Keys.Send} and hear nothing else");
            return;
        }

        try
        {
            await EachAsync(nodes, node => Accept(node, key, nodes), $"accepts key {Text(key.Id)}", cancellationToken);
            await EachAsync(nodes, node => node.Sends && node.Keys.Send == key.Id ? null : new HaKeysArguments { Mode = node.Sends ? node.Keys.Mode : "permissive", Send = key.Id }, $"sends with key {Text(key.Id)}", cancellationToken);
            await WaitAsync(nodes, key, cancellationToken);
            await EachAsync(
                nodes, node => node.Keys is { Mode: "enforce", Keys.Count: 1 } ? null : new HaKeysArguments { Mode = "enforce", Send = key.Id, Keys = [new HaKeyArguments { Id = key.Id }] }, "hears nothing else", cancellationToken);
        }
        catch (CliException e)
        {
            throw new CliException(e.ExitCode, [.. e.Lines, "the nodes go on as they are, and hear each other where they did before; where it stands:", .. await StandingAsync(nodes, cancellationToken), "call it again to continue"]);
        }

        await SayAsync($"paired: {Numbers(nodes)} send with key {Text(key.Id)} and hear nothing else");
    }

    /// <summary>Before anything is changed: the right nodes, and all of them.</summary>
    private static void Require(List<PairedNode> nodes)
    {
        var problems = new List<string>();
        foreach (var node in nodes)
        {
            if (node.Status.Source != "peers")
            {
                problems.Add($"{node.Name}: roles are decided by {node.Status.Source}, expected nodes that decide (--cluster)");
                continue;
            }

            var others = nodes.Where(n => n != node).Select(static n => n.Number).Order().ToArray();
            var peers = (node.Status.Peers ?? []).Select(static p => p.Node).Order().ToArray();
            if (!peers.SequenceEqual(others))
            {
                problems.Add($"{node.Name}: its other nodes are {string.Join(", ", peers.Select(Text))}, expected {string.Join(", ", others.Select(Text))}: --api and --peer name each node once");
            }
        }

        if (problems.Count != 0)
        {
            throw new CliException(ExitCode.Refused, problems);
        }
    }

    /// <summary>Keys that no node sends with are left from calls that did not come to an end.</summary>
    private static HaKeysArguments? Accept(PairedNode node, PairingKey key, List<PairedNode> nodes)
    {
        if (key.Secret is null)
        {
            return null;
        }

        var used = (node.Keys.Keys ?? []).Where(k => nodes.Any(n => k.Equals(n.SendingKey))).Select(static k => new HaKeyArguments { Id = k.Id });
        return new HaKeysArguments { Mode = node.Keys.Mode == "bootstrap" ? "receive-only" : node.Keys.Mode, Keys = [.. used, new HaKeyArguments { Id = key.Id, Secret = key.Secret }] };
    }

    private async Task EachAsync(List<PairedNode> nodes, Func<PairedNode, HaKeysArguments?> step, string done, CancellationToken cancellationToken)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            if (step(node) is not { } change)
            {
                continue;
            }

            var keys = await node.Session.CallAsync(() => node.Session.Client.SetHaKeysAsync(change, cancellationToken));
            nodes[i] = node with { Keys = keys };
            await SayAsync($"{node.Name} {done}");
        }
    }

    /// <summary>Whoever is heard with another key would not be heard any more after the last step.</summary>
    private async Task WaitAsync(List<PairedNode> nodes, PairingKey key, CancellationToken cancellationToken)
    {
        var start = environment.Time.GetTimestamp();
        while (true)
        {
            var silent = new List<string>();
            foreach (var node in nodes)
            {
                var status = await node.Session.CallAsync(() => node.Session.Client.GetHaAsync(cancellationToken));
                silent.AddRange((status.Peers ?? []).Where(p => !p.Heard || p.Key != key.Id).Select(p => $"{node.Name} does not hear node {Text(p.Node)} with key {Text(key.Id)}"));
            }

            if (silent.Count == 0)
            {
                return;
            }

            if (environment.Time.GetElapsedTime(start) >= Patience)
            {
                throw new CliException(ExitCode.Refused, silent);
            }

            await Task.Delay(Pause, environment.Time, cancellationToken);
        }
    }

    private static async Task<List<string>> StandingAsync(List<PairedNode> nodes, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var node in nodes)
        {
            try
            {
                lines.Add((node with { Keys = await node.Session.Client.GetHaKeysAsync(cancellationToken) }).Standing);
            }
            catch (Exception e) when (Failures.Translate(e, node.Session) is { } failure)
            {
                lines.Add($"{node.Name}: not known ({failure.Lines[0]}); it was: {node.Keys.Mode}");
            }
        }

        return lines;
    }

    private Task SayAsync(string line) => environment.Output.WriteLineAsync(SafeText.Of(line));

    private static string Numbers(List<PairedNode> nodes) => PairedNode.Numbers(nodes);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

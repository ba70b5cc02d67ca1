using System.Collections.Immutable;
using System.Globalization;
using Loxi.Core;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;

namespace Loxi.Node.Options;

/// <summary>Reads <c>--ha-sync</c>: the pins of the other nodes, each with the number of its node where it cannot be known. The same number again is another key that the node may have.</summary>
internal static class SyncFlag
{
    public const string Name = "--ha-sync";

    /// <summary>The value with which pins are exchanged while the nodes run.</summary>
    public const string Pair = "pair";

    private const string Grammar = "[NUMBER@]PIN[,...], what loxid --ha-sync-pin prints on each of the other nodes, with the number that the node has by --self; or pair; or none";

    /// <summary>Whether it says <see cref="Pair"/>: the node begins without pins, and gets them by <c>loxictl ha pair</c>.</summary>
    /// <param name="text">What it says; null when it is absent.</param>
    /// <param name="peers">The other nodes.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static bool ReadPair(string? text, ImmutableArray<RolePeer> peers, List<Problem> problems)
    {
        if (text != Pair)
        {
            return false;
        }

        if (peers.IsEmpty)
        {
            problems.Add(Problem.Of(Name, text, $"other nodes to pair with ({ClusterFlag.Name}), or none"));
        }

        return true;
    }

    /// <summary>Reads the flag; empty when connections are not kept alike, with <see cref="Pair"/>, and when there are problems.</summary>
    /// <param name="text">What it says; null when it is absent.</param>
    /// <param name="peers">The other nodes.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static ImmutableArray<SyncPeerSettings> Read(string? text, ImmutableArray<RolePeer> peers, List<Problem> problems)
    {
        var count = problems.Count;
        var pins = new List<(byte Node, CertificatePin Pin)>();
        foreach (var part in text is null or "none" or Pair ? [] : text.Split(','))
        {
            var at = part.IndexOf('@', StringComparison.Ordinal);
            var only = peers is [{ NodeId: <= byte.MaxValue } single] ? (byte?)single.NodeId : null;
            byte? node = at < 0 ? only : byte.TryParse(part[..at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            if (node is null || !CertificatePin.TryParse(part[(at + 1)..], out var pin))
            {
                problems.Add(Problem.Of(Name, part, Grammar));
            }
            else if (peers.All(p => p.NodeId != node))
            {
                problems.Add(Problem.Of(Name, part, $"the number of a node of {ClusterFlag.Name}"));
            }
            else
            {
                pins.Add((node.Value, pin));
            }
        }

        if (pins.Count > 0 && problems.Count == count && peers.FirstOrDefault(p => pins.All(pin => pin.Node != p.NodeId)) is { } missing)
        {
            problems.Add(Problem.Of(Name, text, $"the pin of node {missing.NodeId} too, which is one of {ClusterFlag.Name}"));
        }

        return problems.Count != count ? [] : [.. pins.GroupBy(static p => p.Node).Select(static g => new SyncPeerSettings(g.Key) { Pins = [.. g.Select(static p => p.Pin)] })];
    }
}

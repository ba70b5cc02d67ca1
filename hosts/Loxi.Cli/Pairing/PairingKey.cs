using System.Security.Cryptography;
using Loxi.Api.V1;

namespace Loxi.Cli.Pairing;

/// <summary>The key that all nodes shall have: one that all have already, or a new one. Pure but for the random octets.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Secret">Its secret; null where all nodes have it.</param>
internal sealed record PairingKey(int Id, string? Secret)
{
    private const int Octets = 32;

    /// <summary>Chooses it; null when there is nothing to do.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="isNew">Whether it shall be one that no node sends with.</param>
    public static PairingKey? Choose(IReadOnlyList<PairedNode> nodes, bool isNew)
    {
        var common = (nodes[0].Keys.Keys ?? []).Where(key => nodes.All(node => node.Has(key))).ToArray();
        var sent = nodes.Select(static n => n.SendingKey).ToArray();
        if (isNew)
        {
            // What an earlier call has given to all and no node sends with yet.
            return common.LastOrDefault(key => !sent.Contains(key)) is { } given ? new PairingKey(given.Id, null) : Make(nodes);
        }

        if (sent.Distinct().Count() == 1 && sent[0] is { } one && nodes.All(static n => n.Keys.Mode == "enforce"))
        {
            return null;
        }

        var wanted = nodes.Select(static n => n.Keys.Send).Distinct().ToArray();
        var agreed = wanted.Length == 1 ? common.FirstOrDefault(key => key.Id == wanted[0]) : null;
        return (agreed ?? common.LastOrDefault()) is { } chosen ? new PairingKey(chosen.Id, null) : Make(nodes);
    }

    private static PairingKey Make(IReadOnlyList<PairedNode> nodes)
    {
        var taken = nodes.SelectMany(static n => n.Keys.Keys ?? []).Select(static k => k.Id).ToHashSet();
        // Not the number of a former key while there are others: logs tell of numbers alone.
        var next = taken.Count == 0 ? 1 : taken.Max() + 1;
        return new PairingKey(next <= ushort.MaxValue ? next : Enumerable.Range(1, ushort.MaxValue).First(id => !taken.Contains(id)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Octets)));
    }
}

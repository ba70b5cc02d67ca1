namespace Loxi.Bgp.Rib;

/// <content>What goes out to peers.</content>
internal sealed partial class BgpRib
{
    /// <summary>Takes the peers that have output now and were not taken since they ran dry.</summary>
    internal int TakeReady(List<RibPeer> peers)
    {
        peers.AddRange(_ready);
        var count = _ready.Count;
        _ready.Clear();
        return count;
    }

    internal bool HasOutput(RibPeer peer) => IsKnown(peer) && peer.Families.Any(static family => family.Output is { IsIdle: false });

    internal void Signal(RibPeer peer)
    {
        if (!peer.IsSignalled)
        {
            peer.IsSignalled = true;
            _ready.Add(peer);
        }
    }

    /// <summary>Fills a buffer with whole messages for a peer.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="buffer">65,535 octets or more.</param>
    /// <returns>Octets written; 0 when there is nothing now: <see cref="TakeReady"/> names the peer when there is again.</returns>
    internal int TakeOutput(RibPeer peer, Span<byte> buffer)
    {
        if (!IsKnown(peer))
        {
            // Its write loop may come once more after it was removed.
            return 0;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(buffer.Length, peer.Format.MaxLength);
        var written = 0;
        // Withdrawals of all families go before the announcements of any.
        var hasRoom = true;
        foreach (var family in peer.Families)
        {
            hasRoom = hasRoom && (family.Output is null || family.Output.WriteWithdrawals(buffer, ref written));
        }

        foreach (var family in peer.Families)
        {
            hasRoom = hasRoom && (family.Output is null || family.Output.WriteAnnouncements(buffer, ref written));
        }

        // Who looked for announcements by other rules than before has found what is not told any more.
        foreach (var family in peer.Families)
        {
            hasRoom = hasRoom && (family.Output is null || family.Output.WriteWithdrawals(buffer, ref written));
            family.Output?.Group.Trim();
        }

        if (written == 0)
        {
            peer.IsSignalled = false;
            foreach (var family in peer.Families)
            {
                if (family.Output is { } output)
                {
                    output.Group.IsSignalled = false;
                }
            }
        }

        return written;
    }
}

namespace Loxi.Nat.Fragments;

/// <summary>What a <see cref="FragmentHolder"/> has done since it was made, in fragments unless said otherwise.</summary>
public record struct FragmentCounters
{
    /// <summary>Taken in.</summary>
    public long Held { get; set; }

    /// <summary>Handed out again.</summary>
    public long Taken { get; set; }

    /// <summary>Handed out and not sent after all: the connection was gone, the TTL at its end, or no way out.</summary>
    public long Unsent { get; set; }

    /// <summary>Dropped because no first fragment came in time.</summary>
    public long Expired { get; set; }

    /// <summary>Datagrams that expired with fragments in them.</summary>
    public long ExpiredDatagrams { get; set; }

    /// <summary>Refused as no good later fragment.</summary>
    public long Invalid { get; set; }

    /// <summary>Refused because held already.</summary>
    public long Duplicate { get; set; }

    /// <summary>Refused or dropped because they overlap, with all others of their datagram.</summary>
    public long Overlap { get; set; }

    /// <summary>Refused or dropped because their datagram has too many fragments.</summary>
    public long TooManyFragments { get; set; }

    /// <summary>Refused because too many datagrams are held.</summary>
    public long TooManyDatagrams { get; set; }

    /// <summary>Refused because the memory is full.</summary>
    public long NoRoom { get; set; }

    /// <summary>Refused because their datagram was dropped before.</summary>
    public long Condemned { get; set; }
}

namespace Loxi.Nat.Fragments;

/// <summary>What <see cref="FragmentHolder.TryAdd"/> did with a fragment.</summary>
public enum FragmentHold
{
    /// <summary>It is held.</summary>
    Held = 0,

    /// <summary>The frame is no good later fragment.</summary>
    Invalid = 1,

    /// <summary>The same part of the datagram is already held; the datagram stays.</summary>
    Duplicate = 2,

    /// <summary>It overlaps a held part or contradicts the datagram's end: the whole datagram is dropped (RFC 5722), as are its further fragments.</summary>
    Overlap = 3,

    /// <summary>The datagram has <see cref="FragmentHolder.MaxFragmentsPerDatagram"/> fragments: it is dropped whole, as are its further fragments.</summary>
    TooManyFragments = 4,

    /// <summary><see cref="FragmentHolder.MaxDatagrams"/> datagrams are held.</summary>
    TooManyDatagrams = 5,

    /// <summary>The memory is full.</summary>
    NoRoom = 6,

    /// <summary>The datagram was dropped before for <see cref="Overlap"/> or <see cref="TooManyFragments"/>.</summary>
    Condemned = 7,
}

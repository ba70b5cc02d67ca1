namespace Loxi.Ha.Sync.Wire;

/// <summary>Why a record cannot be used.</summary>
public enum SyncRecordProblem : byte
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>It goes on behind the end of the frame.</summary>
    Truncated = 1,

    /// <summary>Its operation is not known.</summary>
    UnknownOperation = 2,

    /// <summary>It has flags that its operation does not have, or bits that must be 0.</summary>
    WrongFlags = 3,

    /// <summary>The dictionary has no service of that index.</summary>
    UnknownService = 4,

    /// <summary>The dictionary has no endpoint of that index.</summary>
    UnknownEndpoint = 5,

    /// <summary>The dictionary has no source address of that index.</summary>
    UnknownSource = 6,

    /// <summary>A definition does not have the next index.</summary>
    WrongIndex = 7,

    /// <summary>An IPv4 address in the form of an IPv6 address.</summary>
    WrongAddress = 8,

    /// <summary>
    /// It can be read, but there can be no such entry. It alone is refused and counted; the frame goes on.
    /// </summary>
    Impossible = 9,
}

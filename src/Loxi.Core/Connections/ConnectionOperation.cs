namespace Loxi.Core.Connections;

/// <summary>What an import shall do with a record.</summary>
public enum ConnectionOperation : byte
{
    /// <summary>Nothing; never valid.</summary>
    None = 0,

    /// <summary>The connection is there: insert it, or bring it up to date.</summary>
    Put = 1,

    /// <summary>The connection is gone: remove it, unless the table has a newer version of it.</summary>
    Delete = 2,

    /// <summary>
    /// The connection was used since: of the very version that the table has, the time of its last packet moves to the record's age, forward only, and
    /// nothing else.
    /// </summary>
    Refresh = 3,
}

namespace Loxi.Core.Connections;

/// <summary>What became of a record that was imported. The first eight numbers are those of the data plane.</summary>
public enum ConnectionImportResult : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The connection is in the table now, both directions.</summary>
    Inserted = 1,

    /// <summary>
    /// The connection was there with an older version: it has the state, version and age of the record now. A refresh: it was there with the same
    /// version and had not been used as lately; it has the age of the record now.
    /// </summary>
    Updated = 2,

    /// <summary>The connection was there and is gone, both directions.</summary>
    Deleted = 3,

    /// <summary>The connection is there with the same or a newer version. A refresh: with a newer one, or it was used as lately here.</summary>
    Stale = 4,

    /// <summary>Another connection with the same or a newer version has the ports; or packets made others as often as it was tried.</summary>
    Conflict = 5,

    /// <summary>The table is full; no half of the connection is in it.</summary>
    Full = 6,

    /// <summary>There was no such connection to delete or to refresh. A refresh: or it is there with an older version, and is to be put.</summary>
    Absent = 7,

    /// <summary>The record was refused; see <see cref="ConnectionImportOutcome.Problem"/>.</summary>
    Malformed = 8,

    /// <summary>No service has the VIP, port, protocol and block.</summary>
    UnknownService = 9,

    /// <summary>The service has no endpoint with the address and port.</summary>
    UnknownEndpoint = 10,
}

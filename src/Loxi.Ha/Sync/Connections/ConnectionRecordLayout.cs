namespace Loxi.Ha.Sync.Connections;

/// <summary>Where things are in a record of a connection (docs/ha-sync.md). Numbers are in network order.</summary>
internal static class ConnectionRecordLayout
{
    public const byte DefineService = 1;
    public const byte DefineEndpoint = 2;
    public const byte DefineSource = 3;
    public const byte Put = 4;
    public const byte Delete = 5;
    public const byte Refresh = 6;

    public const byte OperationMask = 0x0f;

    /// <summary>The address in it has 16 octets, not 4.</summary>
    public const byte IPv6Flag = 0x10;

    /// <summary>Of a record to put: the endpoint sees the client's address.</summary>
    public const byte SourceIsClientFlag = 0x20;

    /// <summary>Of a record: it is about a client of a service with persist selection; ports of the client, state and traits are 0. Only to peers that know the kind.</summary>
    public const byte PersistenceFlag = 0x40;

    /// <summary>Lengths without the address and, of a record to put, the index of the source.</summary>
    public const int ServiceLength = 10;
    public const int EndpointLength = 6;
    public const int SourceLength = 4;
    public const int PutLength = 22;
    public const int DeleteLength = 14;
    public const int RefreshLength = 10;

    /// <summary>A record with all its definitions: an index of each kind is used once, then counts on.</summary>
    public const int LongestWithDefinitions = ServiceLength + EndpointLength + SourceLength + PutLength + (4 * 16) + 2;

    public const int MostIndices = 65_536;
}

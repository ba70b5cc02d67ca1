namespace Loxi.Ha.Sync.Transport;

/// <summary>What a connection has for its owner.</summary>
internal enum SyncInput
{
    /// <summary>Nothing yet.</summary>
    Nothing,

    /// <summary>A frame.</summary>
    Frame,

    /// <summary>A length that no frame has.</summary>
    Malformed,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>It is over in the middle of a frame.</summary>
    EndedInFrame,
}

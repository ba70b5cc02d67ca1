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
}

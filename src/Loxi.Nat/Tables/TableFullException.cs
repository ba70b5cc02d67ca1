namespace Loxi.Nat.Tables;

/// <summary>A table of the data plane has no room. What was there before is unchanged.</summary>
public sealed class TableFullException : Exception
{
    /// <summary>Says which.</summary>
    /// <param name="what">What the table holds, in the plural.</param>
    /// <param name="capacity">How many it can hold.</param>
    public TableFullException(string what, long capacity)
        : base($"No room for more {what}: expected at most {capacity}.")
    {
        What = what;
        Capacity = capacity;
    }

    /// <summary>What the table holds.</summary>
    public string What { get; }

    /// <summary>How many it can hold.</summary>
    public long Capacity { get; }
}

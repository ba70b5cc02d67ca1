using Loxi.Core.Connections;

namespace Loxi.Node.Tests.Ha;

/// <summary>Connections that tell and have what a test says.</summary>
internal sealed class FakeConnections : IConnectionTable, IConnectionReader
{
    private ConnectionRecord[] _left = [];

    public event ConnectionChangeHandler? Changed;

    /// <summary>What there is to read.</summary>
    public List<ConnectionRecord> All { get; } = [];

    /// <summary>Called before the first is read.</summary>
    public Action? OnRead { get; set; }

    public void Tell(ConnectionChangeKind kind, in ConnectionRecord record) => Changed?.Invoke(new ConnectionChange(kind, TimeSpan.Zero, record));

    public void SetOwner(uint term, byte owner)
    {
    }

    public IConnectionReader CreateReader() => this;

    public int TakeDirty(ConnectionBuckets buckets) => 0;

    public void Import(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes)
    {
        for (var i = 0; i < records.Length; i++)
        {
            outcomes[i] = new ConnectionImportOutcome(ConnectionImportResult.Inserted);
        }
    }

    public void Restart() => _left = [.. All];

    public void Restart(ConnectionBuckets only) => _left = [.. All.Where(r => only.Contains(ConnectionBuckets.Of(r)))];

    public int Read(Span<ConnectionRecord> records)
    {
        OnRead?.Invoke();
        var count = Math.Min(records.Length, _left.Length);
        _left.AsSpan(0, count).CopyTo(records);
        _left = _left[count..];
        return count;
    }

    public void Dispose()
    {
    }
}

using Loxi.Core.Connections;

namespace Loxi.Node.Tests.Ha;

/// <summary>Connections that tell what a test says; there are none to read.</summary>
internal sealed class FakeConnections : IConnectionTable, IConnectionReader
{
    public event ConnectionChangeHandler? Changed;

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

    public void Restart()
    {
    }

    public void Restart(ConnectionBuckets only)
    {
    }

    public int Read(Span<ConnectionRecord> records) => 0;

    public void Dispose()
    {
    }
}

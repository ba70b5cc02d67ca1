using Loxi.Core.Connections;

namespace Loxi.Nat.Connections;

/// <summary>The connections for whoever keeps those of several nodes alike.</summary>
public sealed partial class ConnectionTable
{
    private readonly ConnectionImporter _importer;

    /// <inheritdoc/>
    public event ConnectionChangeHandler? Changed
    {
        add => Changes.Add(value);
        remove => Changes.Remove(value);
    }

    internal ConnectionChanges Changes { get; }

    /// <inheritdoc/>
    public void SetOwner(uint term, byte owner) => Volatile.Write(ref _maps.Control.Span[0].VersionBase, new ConnectionVersion(term, owner, 0).Value);

    /// <inheritdoc/>
    public IConnectionReader CreateReader() => new ConnectionReader(_maps, _pairs, _services);

    /// <inheritdoc/>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused to run the program.</exception>
    public void Import(ReadOnlySpan<ConnectionRecord> records, Span<ConnectionImportOutcome> outcomes) => _importer.Import(records, outcomes);

    /// <inheritdoc/>
    public int TakeDirty(ConnectionBuckets buckets)
    {
        ArgumentNullException.ThrowIfNull(buckets);
        var taken = 0;
        var words = _maps.Dirty.Span;
        for (var i = 0; i < words.Length; i++)
        {
            // The programs set bits meanwhile: what is not in this word is in the next one that is taken.
            if (Volatile.Read(ref words[i]) != 0)
            {
                var bits = Interlocked.Exchange(ref words[i], 0);
                taken += System.Numerics.BitOperations.PopCount(bits);
                buckets.AddWord(i, bits);
            }
        }

        return taken;
    }
}

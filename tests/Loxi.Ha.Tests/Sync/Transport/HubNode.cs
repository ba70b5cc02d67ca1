using System.Threading.Channels;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>What a speaker's thread owns, in the hands of a test: streams in memory, and a clock that stands still.</summary>
internal sealed class HubNode
{
    private readonly ChannelWriter<bool> _woken;

    public HubNode(byte id, ChannelWriter<bool> woken, Func<SyncSettings, SyncSettings>? change = null, int queue = 1 << 16)
    {
        _woken = woken;
        Id = id;
        Pin = PinOf(id);
        Table = new FakeTable(id);
        Engine = new SyncEngine<ulong, uint>((change ?? (static s => s))(SyncPair.Settings(id) with { MaxEntries = 1 << 18 }), FakeTable.Schema, 1);
        Changes = new SyncChangeQueue<ulong, uint>(queue, static key => (int)((uint)FakeTable.Schema.HashOf(key) >> 20), Wake);
        Table.Changed += (in SyncChange<ulong, uint> told) => Changes.Add(told);
        Hub = new SyncHub<ulong, uint>(Engine, Table, Changes, Wake, Told.Add);
    }

    public byte Id { get; }

    public CertificatePin Pin { get; }

    public FakeTable Table { get; }

    public SyncEngine<ulong, uint> Engine { get; }

    public SyncChangeQueue<ulong, uint> Changes { get; }

    public SyncHub<ulong, uint> Hub { get; }

    public List<SyncSpeakerEvent> Told { get; } = [];

    public static CertificatePin PinOf(byte id) => CertificatePin.TryParse(new string("0123456789abcdef"[id % 16], 64), out var pin) ? pin : default;

    public static SyncPins PinsOf(byte self, params byte[] peers) => new(self, new SyncSpeakerSettings { Peers = [.. peers.Select(static p => new SyncPeerSettings(p) { Pins = [PinOf(p)] })] });

    public void SetPeers(TimeSpan now, params byte[] peers) => Hub.SetPeers(PinsOf(Id, peers), peers, now);

    /// <summary>A connection whose other end is the test's.</summary>
    public DuplexStream Attach(byte peer, SyncChannel channel, TimeSpan now)
    {
        var (mine, theirs) = DuplexStream.Pair();
        Attach(peer, channel, mine, theirs, now);
        return theirs;
    }

    public void Attach(byte peer, SyncChannel channel, DuplexStream mine, DuplexStream theirs, TimeSpan now) =>
        Hub.Attach(PinsOf(Id, [.. Enumerable.Range(0, 16).Select(static i => (byte)i).Where(i => i != Id)]), new SyncConnection(peer, channel, PinOf(peer), $"memory {peer}", mine, () => EndBoth(mine, theirs)), now);

    private static void EndBoth(DuplexStream mine, DuplexStream theirs)
    {
        theirs.Dispose();
        mine.Dispose();
    }

    private void Wake() => _woken.TryWrite(true);
}

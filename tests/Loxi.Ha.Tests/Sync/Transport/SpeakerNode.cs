using System.Net;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;

namespace Loxi.Ha.Tests.Sync.Transport;

/// <summary>A node with a table of numbers that speaks over real sockets.</summary>
internal sealed class SpeakerNode : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<SyncSpeakerEvent> _told = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("loxi-sync").FullName;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SyncSpeaker<ulong, uint> _speaker;
    private IPEndPoint _asked = new(IPAddress.Loopback, 0);

    public SpeakerNode(byte id)
    {
        Id = id;
        Table = new FakeTable(id);
        Certificate = SyncCertificate.LoadOrCreate(_directory);
        _speaker = Make();
    }

    public byte Id { get; }

    public FakeTable Table { get; private set; }

    public SyncCertificate Certificate { get; }

    public SyncSpeaker<ulong, uint> Speaker => _speaker;

    public IPEndPoint Listen { get; private set; } = new(IPAddress.Loopback, 0);

    public SyncPeerSettings AsPeer => new(Id) { Pins = [Certificate.Pin], Addresses = Listen.Port == 0 ? [] : [Listen] };

    public IReadOnlyList<SyncSpeakerEvent> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    /// <summary>All nodes with all others; those with greater numbers first, so that they are there to be connected to.</summary>
    public static async Task ConnectAsync(params SpeakerNode[] nodes)
    {
        foreach (var node in nodes.OrderByDescending(static n => n.Id))
        {
            await node.ApplyAsync([.. nodes.Where(n => n != node).Select(static n => n.AsPeer)]);
        }
    }

    public async Task ApplyAsync(params SyncPeerSettings[] peers)
    {
        await _speaker.ApplyAsync(new SyncSpeakerSettings { Peers = [.. peers], Listen = [_asked] });
        if ((await _speaker.ReadStatusAsync()).LocalEndPoints is [var listening])
        {
            Listen = listening;
        }
        else
        {
            // The next time on the same port.
            _asked = Listen;
        }
    }

    /// <summary>Another run, with an empty table.</summary>
    public async Task RestartAsync(params SyncPeerSettings[] peers)
    {
        await _speaker.DisposeAsync();
        lock (_gate)
        {
            _told.Clear();
        }

        Table = new FakeTable(Id);
        _asked = Listen;
        _speaker = Make();
        await ApplyAsync(peers);
    }

    public async Task UntilAsync(Func<SyncSpeakerEvent, bool> condition, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_told.Any(condition))
                {
                    return;
                }

                more = _more.Task;
            }

            await more.WaitAsync(patience.Token);
        }
    }

    public Task UntilReadyWithAsync(byte peer) => Task.WhenAll(
        UntilAsync(t => t.Kind == SyncSpeakerEventKind.Opened && t.Peer == peer && t.Channel == Ha.Sync.Wire.SyncChannel.Live),
        UntilAsync(t => t.Kind == SyncSpeakerEventKind.Opened && t.Peer == peer && t.Channel == Ha.Sync.Wire.SyncChannel.Bulk));

    public async ValueTask DisposeAsync()
    {
        await _speaker.DisposeAsync();
        Certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private SyncSpeaker<ulong, uint> Make()
    {
        var speaker = new SyncSpeaker<ulong, uint>(
            new SyncSpeakerOptions { Engine = new SyncSettings { NodeId = Id, MaxEntries = 1 << 18, DigestPeriod = TimeSpan.FromSeconds(1) }, Certificate = Certificate, StateDirectory = _directory }, FakeTable.Schema, Table);
        speaker.Subscribe(Note);
        return speaker;
    }

    private void Note(SyncSpeakerEvent told)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _told.Add(told);
            more = _more;
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.TrySetResult();
    }
}

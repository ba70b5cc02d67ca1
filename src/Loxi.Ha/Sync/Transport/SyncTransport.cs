using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Listens and connects, by settings that may change. Connections that peers have proven are handed to whoever owns the engine.</summary>
/// <param name="self">The number of this node.</param>
/// <param name="certificate">What it shows.</param>
/// <param name="attach">Takes a connection; asks <see cref="PeerOf"/> again on the thread on which settings are put in force.</param>
/// <param name="refused">Hears of what was refused, or not made.</param>
/// <param name="time">For pauses and patience.</param>
internal sealed class SyncTransport(byte self, SyncCertificate certificate, Func<SyncConnection, Task> attach, Action<byte?, SyncChannel?, SyncRefusal, string, string> refused, TimeProvider time) : ISyncAdmission, IAsyncDisposable
{
    private readonly SyncTls _tls = new(certificate.Certificate);
    private ImmutableArray<SyncListener> _listeners = [];
    private readonly List<(SyncPeerSettings Peer, SyncDialer[] Dialers)> _dialed = [];
    private volatile SyncPins _pins = new(self, new SyncSpeakerSettings());

    /// <summary>Where it listens. May be asked for while settings change.</summary>
    public ImmutableArray<IPEndPoint> LocalEndPoints => [.. _listeners.Select(static l => l.LocalEndPoint)];

    public byte? PeerOf(CertificatePin pin) => _pins.PeerOf(pin);

    public bool IsCaller(byte peer) => _pins.IsCaller(peer);

    public bool IsAddressOfPeer(IPAddress address) => _pins.IsAddressOfPeer(address);

    public Task AttachAsync(SyncConnection connection) => attach(connection);

    public void Refused(byte? peer, SyncChannel? channel, SyncRefusal refusal, string remote, string reason) => refused(peer, channel, refusal, remote, reason);

    /// <summary>Opens listeners that are new; nothing else changes before all are open.</summary>
    /// <returns>Those that were opened.</returns>
    /// <exception cref="Linux.LinuxException">An address or port cannot be listened on. Nothing was changed.</exception>
    public async Task<List<SyncListener>> OpenAsync(SyncSpeakerSettings settings)
    {
        var opened = new List<SyncListener>();
        try
        {
            foreach (var at in Wanted(settings).Where(at => _listeners.All(l => !l.At.Equals(at))))
            {
                opened.Add(new SyncListener(at, _tls, this, time));
            }

            return opened;
        }
        catch
        {
            await DisposeAllAsync(opened).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>From now on the pins are those of the settings.</summary>
    public void Trust(SyncSpeakerSettings settings) => _pins = new SyncPins(self, settings);

    /// <summary>Listens and connects by the settings, after <see cref="OpenAsync"/>.</summary>
    public async Task ChangeAsync(SyncSpeakerSettings settings, List<SyncListener> opened)
    {
        var wanted = Wanted(settings);
        ImmutableArray<SyncListener> all = [.. _listeners, .. opened];
        var closed = all.Where(l => !wanted.Contains(l.At)).ToList();
        Publish([.. all.Except(closed)]);
        await DisposeAllAsync(closed).ConfigureAwait(false);

        var called = settings.Peers.Where(peer => peer.NodeId > self).ToList();
        var kept = _dialed.Where(d => called.Any(p => IsReachedAs(p, d.Peer))).ToList();
        await DisposeAllAsync(_dialed.Except(kept).SelectMany(static d => d.Dialers)).ConfigureAwait(false);
        _dialed.RemoveAll(d => !kept.Contains(d));
        foreach (var peer in called.Where(p => kept.All(d => d.Peer.NodeId != p.NodeId)))
        {
            _dialed.Add((peer, [Dial(peer, SyncChannel.Live), Dial(peer, SyncChannel.Bulk)]));
        }
    }

    /// <summary>Listens and connects no more. Connections that were handed over stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisposeAllAsync(_listeners).ConfigureAwait(false);
        await DisposeAllAsync(_dialed.SelectMany(static d => d.Dialers)).ConfigureAwait(false);
        Publish([]);
        _dialed.Clear();
    }

    private void Publish(ImmutableArray<SyncListener> listeners) => ImmutableInterlocked.InterlockedExchange(ref _listeners, listeners);

    private static bool IsReachedAs(SyncPeerSettings peer, SyncPeerSettings other) => peer.NodeId == other.NodeId && peer.Addresses.SequenceEqual(other.Addresses)
        && peer.Interfaces.Count == other.Interfaces.Count && peer.Interfaces.All(i => other.Interfaces.TryGetValue(i.Key, out var name) && name == i.Value);

    private SyncDialer Dial(SyncPeerSettings peer, SyncChannel channel) => new(peer, channel, _tls, this, time);

    private ImmutableArray<IPEndPoint> Wanted(SyncSpeakerSettings settings) => settings.Peers.Any(p => p.NodeId < self) ? settings.Listen : [];

    public static async Task DisposeAllAsync(IEnumerable<IAsyncDisposable> all)
    {
        foreach (var one in all)
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }
}

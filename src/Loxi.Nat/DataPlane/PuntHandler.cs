using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Fragments;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Takes the packets that the programs hand over: refused ones are answered, later fragments held until their first one has made an entry,
/// fragments and errors between the address families translated and sent. Before a first fragment releases the others, what is in the ring is taken, so that those are seen that came before it.
/// </summary>
internal sealed class PuntHandler : IAsyncDisposable
{
    // What is handled while the lock is held: the thread of the other ring may wait for it.
    private const int Batch = 256;

    private readonly RingBufferReader _punts;
    private readonly RefusalResponder _responder;
    private readonly HeldFragments _fragments;
    private readonly CrossFamilyForwarder _crossing;
    private readonly FrameSender _sender;
    private readonly Lock _gate = new();
    private readonly byte[] _tagged = new byte[Shared.PuntWhole + 8];

    public PuntHandler(NatMaps maps, TimeProvider time, Random random, ILogger logger)
    {
        Failures = new RecordFailures(time, logger);
        Neighbours = new NeighbourResolver(maps, time, logger);
        _punts = new RingBufferReader(maps.Punts);
        _sender = new FrameSender(logger);
        _responder = new RefusalResponder(maps, _sender, time, (ulong)random.NextInt64(), logger);
        var tunnels = new TunnelCutter(maps, _sender, (ushort)random.Next());
        _crossing = new CrossFamilyForwarder(maps, _sender, tunnels, (ushort)random.Next());
        _fragments = new HeldFragments(maps, _sender, _crossing, tunnels, time, (ulong)random.NextInt64());
    }

    /// <summary>Records of the rings that could not be handled.</summary>
    public RecordFailures Failures { get; }

    /// <summary>Neighbours that packets miss.</summary>
    public NeighbourResolver Neighbours { get; }

    /// <summary>Answers sent.</summary>
    public long Answered => _responder.Answered;

    /// <summary>Answers by kind.</summary>
    public ImmutableArray<AnswerCounter> ReadAnswers() => _responder.ReadAnswers();

    /// <summary>What became of the fragments that were held.</summary>
    public FragmentCounters Fragments => _fragments.Counters;

    /// <summary>What became of packets that were translated between the address families.</summary>
    public ImmutableArray<TranslationCounter> ReadTranslations() => _crossing.ReadCounters();

    /// <summary>Takes packets from the ring until cancelled.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static reader => ((RingBufferReader)reader!).Wake(), _punts);
        while (!cancellationToken.IsCancellationRequested)
        {
            Take();
            _punts.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Handles packets that are in the ring. Returns how many; there may be more.</summary>
    public int Take()
    {
        // A ring has one reader at a time.
        lock (_gate)
        {
            return _punts.Consume(this, static (record, self) => self.OnRecord(record), Batch);
        }
    }

    /// <summary>The first fragment of a datagram has made an entry: those that are held follow it.</summary>
    public void OnFirstFragment(in RawEvent e)
    {
        lock (_gate)
        {
            // What came before the event was put into the other ring.
            while (Take() == Batch)
            {
            }

            _fragments.Release(e);
        }
    }

    /// <summary>Handles one packet. Under the lock of <see cref="Take"/>, or where nothing else runs.</summary>
    public void Handle(in RawPunt punt, ReadOnlySpan<byte> captured)
    {
        var frame = WithTag(punt, captured);
        switch ((RawReason)punt.Reason)
        {
            case RawReason.HeldFragment:
                _fragments.Hold(frame);
                break;
            case RawReason.TranslatedByNode:
                _crossing.Forward(frame);
                break;
            default:
                _responder.Answer(punt, frame);
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _fragments.DisposeAsync().ConfigureAwait(false);
        _punts.Dispose();
        _responder.Dispose();
        Neighbours.Dispose();
        _sender.Dispose();
    }

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        try
        {
            ref readonly var punt = ref MemoryMarshal.AsRef<RawPunt>(record);
            Handle(punt, record.Slice(Marshal.SizeOf<RawPunt>(), (int)punt.Captured));
        }
        catch (Exception e)
        {
            Failures.Note(e);
        }
    }

    /// <summary>The kernel takes the outer tag off a frame; the answer needs it back.</summary>
    private ReadOnlySpan<byte> WithTag(in RawPunt punt, ReadOnlySpan<byte> frame)
    {
        if (punt.Vlan[0] == 0 || frame.Length < 12 || frame.Length + 4 > _tagged.Length)
        {
            return frame;
        }

        frame[..12].CopyTo(_tagged);
        _tagged[12] = 0x81;
        _tagged[13] = 0x00;
        _tagged[14] = (byte)(punt.Vlan[0] >> 8);
        _tagged[15] = (byte)punt.Vlan[0];
        frame[12..].CopyTo(_tagged.AsSpan(16));
        return _tagged.AsSpan(0, frame.Length + 4);
    }
}

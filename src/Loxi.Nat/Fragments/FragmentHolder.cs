namespace Loxi.Nat.Fragments;

/// <summary>
/// Holds later fragments that came before the first one of their datagram, until that has made the entry by which the data plane
/// forwards the rest. Bounded in every respect; all memory is taken when it is made and none after that. Pure: the caller gives
/// the time. Not thread-safe: one owner.
/// </summary>
public sealed partial class FragmentHolder
{
    /// <summary>Most datagrams held.</summary>
    public const int MaxDatagrams = 4096;

    /// <summary>Most fragments of one datagram.</summary>
    public const int MaxFragmentsPerDatagram = 64;

    /// <summary>How long a datagram is held, from its first held fragment on: 2 s.</summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromSeconds(2);

    /// <summary>Default size of the memory for frames: 16 MiB.</summary>
    public const int DefaultBytes = 16 << 20;

    private const int BlockSize = 2048;
    private const int None = -1;

    private readonly ulong _hashKey;
    private readonly int[] _buckets = new int[2 * MaxDatagrams];
    private readonly Datagram[] _datagrams = new Datagram[MaxDatagrams];
    private readonly Block[] _blocks;
    private readonly byte[] _bytes;
    private FragmentCounters _counters;
    private int _freeDatagram;
    private int _freeBlock;
    private int _freeBlocks;
    private int _oldest = None;
    private int _newest = None;

    /// <summary>Creates an empty holder.</summary>
    /// <param name="hashKey">Secret and random, so that keys cannot be chosen to meet in one place of the table.</param>
    /// <param name="bytes">Memory for frames, in blocks of 2,048 bytes. Default 16 MiB, range 128 KiB to 1 GiB.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is outside its range.</exception>
    public FragmentHolder(ulong hashKey, int bytes = DefaultBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 128 << 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 1 << 30);
        _hashKey = hashKey;
        _freeBlocks = bytes / BlockSize;
        _bytes = new byte[_freeBlocks * BlockSize];
        _blocks = new Block[_freeBlocks];
        _buckets.AsSpan().Fill(None);
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].Next = i + 1 < _blocks.Length ? i + 1 : None;
        }

        for (var i = 0; i < MaxDatagrams; i++)
        {
            _datagrams[i].NextInBucket = i + 1 < MaxDatagrams ? i + 1 : None;
        }
    }

    /// <summary>Datagrams held, including those condemned until their time is over.</summary>
    public int DatagramCount { get; private set; }

    /// <summary>What has been done since the start.</summary>
    public FragmentCounters Counters => _counters;

    /// <summary>Takes in a later fragment. Expires what is due first.</summary>
    /// <param name="frame">The whole frame; it is copied.</param>
    /// <param name="now">The present, on any clock that does not go back.</param>
    /// <returns><see cref="FragmentHold.Held"/>, or why the fragment was refused; it has been counted.</returns>
    public FragmentHold TryAdd(ReadOnlySpan<byte> frame, TimeSpan now)
    {
        Expire(now);
        var result = FragmentInfo.Read(frame, out var info) != FragmentStatus.Fragment || info.IsFirst
            ? FragmentHold.Invalid
            : Add(info, frame[..info.FrameLength], now);
        Count(result, 1);
        return result;
    }

    /// <summary>Hands out the next held fragment of a datagram, in the order of arrival. Call until it returns false.</summary>
    /// <param name="key">The datagram, as <see cref="FragmentInfo.Key"/> of its first fragment says.</param>
    /// <param name="frame">Receives the frame without padding; 65,575 + 22 bytes hold any.</param>
    /// <param name="length">Length of the frame, 0 when there is none.</param>
    /// <returns>False when no fragment is left; the datagram is then forgotten.</returns>
    /// <exception cref="ArgumentException"><paramref name="frame"/> is too short; the fragment stays.</exception>
    public bool TryTake(in FragmentKey key, Span<byte> frame, out int length)
    {
        length = 0;
        var index = Find(key);
        if (index == None || _datagrams[index].IsCondemned)
        {
            return false;
        }

        ref var datagram = ref _datagrams[index];
        if (datagram.First == None)
        {
            Forget(index);
            return false;
        }

        var first = datagram.First;
        var total = _blocks[first].FrameLength;
        if (frame.Length < total)
        {
            throw new ArgumentException($"The buffer has {frame.Length} bytes, expected {total}.", nameof(frame));
        }

        var block = first;
        for (var done = 0; done < total; done += BlockSize)
        {
            _bytes.AsSpan(block * BlockSize, Math.Min(BlockSize, total - done)).CopyTo(frame[done..]);
            block = _blocks[block].Next;
        }

        datagram.First = _blocks[first].NextFragment;
        Free(first);
        length = total;
        _counters.Taken++;
        if (datagram.First == None)
        {
            Forget(index);
        }

        return true;
    }

    /// <summary>Drops the datagrams whose time is over.</summary>
    /// <param name="now">The present, on the clock of <see cref="TryAdd"/>.</param>
    /// <returns>How many fragments were dropped.</returns>
    public int Expire(TimeSpan now)
    {
        var dropped = 0;
        while (_oldest != None && now - _datagrams[_oldest].Since >= HoldTime)
        {
            var index = _oldest;
            var fragments = FreeFragments(index);
            dropped += fragments;
            _counters.ExpiredDatagrams += fragments > 0 ? 1 : 0;
            Forget(index);
        }

        _counters.Expired += dropped;
        return dropped;
    }

    private void Count(FragmentHold result, int fragments)
    {
        switch (result)
        {
            case FragmentHold.Held: _counters.Held += fragments; break;
            case FragmentHold.Invalid: _counters.Invalid += fragments; break;
            case FragmentHold.Duplicate: _counters.Duplicate += fragments; break;
            case FragmentHold.Overlap: _counters.Overlap += fragments; break;
            case FragmentHold.TooManyFragments: _counters.TooManyFragments += fragments; break;
            case FragmentHold.TooManyDatagrams: _counters.TooManyDatagrams += fragments; break;
            case FragmentHold.NoRoom: _counters.NoRoom += fragments; break;
            default: _counters.Condemned += fragments; break;
        }
    }
}

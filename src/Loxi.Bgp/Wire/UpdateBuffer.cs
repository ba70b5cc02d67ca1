namespace Loxi.Bgp.Wire;

/// <summary>
/// What a reader of UPDATEs works with: it grows with the longest message and allocates nothing from then on. One for each lock under which
/// UPDATEs are read. It remembers the attributes of the last message, so that the next one with the same costs a comparison.
/// </summary>
internal sealed class UpdateBuffer
{
    internal const int MostErrors = 16;

    private readonly BgpError[] _errors = new BgpError[MostErrors];
    private readonly AttributeSlot[] _slots = new AttributeSlot[256];
    private readonly ulong[] _seen = new ulong[4];
    private byte[] _block = new byte[1024];
    private byte[] _spare = new byte[1024];
    private byte[] _raw = new byte[512];
    private int _blockLength;
    private int _rawLength = -1;
    private int _slotCount;
    private UpdateContext? _rawContext;
    private NextHop _rawNextHop;

    internal ReadOnlySpan<BgpError> Errors => _errors.AsSpan(0, Math.Min(ErrorCount, MostErrors));

    internal int ErrorCount { get; private set; }

    internal BgpError Strongest { get; private set; }

    /// <summary>Attributes of the message that are used, ascending by type.</summary>
    internal ReadOnlySpan<AttributeSlot> Slots => _slots.AsSpan(0, _slotCount);

    internal AttributeBlock Block => new(_block.AsSpan(0, _blockLength));

    /// <summary>Changes when the octets of <see cref="Block"/> do.</summary>
    internal long Version { get; private set; }

    internal void Begin()
    {
        ErrorCount = 0;
        Strongest = default;
    }

    /// <summary>Forgets the attributes of the message before.</summary>
    internal void BeginAttributes()
    {
        _slotCount = 0;
        _seen.AsSpan().Clear();
    }

    internal void Add(in BgpError error)
    {
        if (ErrorCount < MostErrors)
        {
            _errors[ErrorCount] = error;
        }

        ErrorCount++;
        if (error.Handling > Strongest.Handling)
        {
            Strongest = error;
        }
    }

    /// <returns>False when the type was there before.</returns>
    internal bool MarkSeen(AttributeType type)
    {
        var bit = 1UL << ((byte)type & 63);
        ref var word = ref _seen[(byte)type >> 6];
        var first = (word & bit) == 0;
        word |= bit;
        return first;
    }

    internal bool HasSeen(AttributeType type) => (_seen[(byte)type >> 6] & (1UL << ((byte)type & 63))) != 0;

    internal void AddSlot(in AttributeSlot slot)
    {
        var at = _slotCount++;
        for (; at > 0 && _slots[at - 1].Type > slot.Type; at--)
        {
            _slots[at] = _slots[at - 1];
        }

        _slots[at] = slot;
    }

    internal bool TryFind(AttributeType type, out AttributeSlot slot)
    {
        foreach (var candidate in Slots)
        {
            if (candidate.Type == type)
            {
                slot = candidate;
                return true;
            }
        }

        slot = default;
        return false;
    }

    /// <summary>Room for a block of a message.</summary>
    internal Span<byte> Rent(int length)
    {
        if (_spare.Length < length)
        {
            _spare = new byte[Grown(length)];
        }

        return _spare;
    }

    /// <summary>Takes the first octets of what <see cref="Rent"/> gave for the block.</summary>
    internal void Publish(int length)
    {
        if (_spare.AsSpan(0, length).SequenceEqual(_block.AsSpan(0, _blockLength)))
        {
            return;
        }

        (_block, _spare) = (_spare, _block);
        _blockLength = length;
        Version++;
    }

    /// <summary>Keeps attributes in which nothing is wrong, with what they gave beside the block.</summary>
    internal void Remember(ReadOnlySpan<byte> raw, UpdateContext context, in NextHop nextHop)
    {
        if (_raw.Length < raw.Length)
        {
            _raw = new byte[Grown(raw.Length)];
        }

        raw.CopyTo(_raw);
        _rawLength = raw.Length;
        _rawContext = context;
        _rawNextHop = nextHop;
    }

    internal void Forget() => _rawLength = -1;

    internal bool TryRecall(ReadOnlySpan<byte> raw, UpdateContext context, out NextHop nextHop)
    {
        var same = _rawLength == raw.Length && ReferenceEquals(_rawContext, context) && raw.SequenceEqual(_raw.AsSpan(0, raw.Length));
        nextHop = same ? _rawNextHop : default;
        return same;
    }

    private static int Grown(int length) => (int)Math.Max(4096, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
}

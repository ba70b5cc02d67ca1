using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Prefixes as they are in a message (RFC 4271 4.3, 4760 5, 7911 3), whose lengths have been checked by <see cref="NlriSyntax"/>.</summary>
internal readonly ref struct PrefixList
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _addPath;
    private readonly bool _unicastOnly;

    /// <param name="bytes">The prefixes.</param>
    /// <param name="family">Their family.</param>
    /// <param name="addPath">Whether each has a path identifier before it.</param>
    /// <param name="unicastOnly">Whether those that are no unicast prefixes are left out.</param>
    internal PrefixList(ReadOnlySpan<byte> bytes, BgpFamily family, bool addPath, bool unicastOnly)
    {
        _bytes = bytes;
        Family = family;
        _addPath = addPath;
        _unicastOnly = unicastOnly;
    }

    internal BgpFamily Family { get; }

    internal bool IsEmpty => _bytes.IsEmpty;

    public Enumerator GetEnumerator() => new(_bytes, Family, _addPath, _unicastOnly);

    /// <summary>Goes through the prefixes.</summary>
    internal ref struct Enumerator
    {
        private readonly BgpFamily _family;
        private readonly bool _addPath;
        private readonly bool _unicastOnly;
        private ReadOnlySpan<byte> _rest;
        private UInt128 _bits;
        private uint _pathId;
        private byte _length;

        internal Enumerator(ReadOnlySpan<byte> bytes, BgpFamily family, bool addPath, bool unicastOnly)
        {
            _rest = bytes;
            _family = family;
            _addPath = addPath;
            _unicastOnly = unicastOnly;
        }

        public readonly NlriEntry Current => new(new Prefix(_family, _length, _bits), _pathId);

        public bool MoveNext()
        {
            do
            {
                if (_rest.IsEmpty)
                {
                    return false;
                }

                Take();
            }
            while (_unicastOnly && !new Prefix(_family, _length, _bits).IsUnicast);

            return true;
        }

        private void Take()
        {
            if (_addPath)
            {
                _pathId = BinaryPrimitives.ReadUInt32BigEndian(_rest);
                _rest = _rest[4..];
            }

            _length = _rest[0];
            var octets = (_length + 7) >> 3;
            _bits = _family == BgpFamily.Ipv4Unicast ? Ipv4(_rest, octets) : Ipv6(_rest, octets);
            // RFC 4271 4.3: bits beyond the length mean nothing.
            _bits = Prefix.Create(_family, _length, _bits).Bits;
            _rest = _rest[(1 + octets)..];
        }

        // What follows a prefix may be read with it: it is cut off by the length.
        private static UInt128 Ipv4(ReadOnlySpan<byte> rest, int octets)
        {
            if (rest.Length > 4)
            {
                return new UInt128((ulong)BinaryPrimitives.ReadUInt32BigEndian(rest[1..]) << 32, 0);
            }

            uint bits = 0;
            for (var i = 1; i <= octets; i++)
            {
                bits |= (uint)rest[i] << (32 - (8 * i));
            }

            return new UInt128((ulong)bits << 32, 0);
        }

        private static UInt128 Ipv6(ReadOnlySpan<byte> rest, int octets)
        {
            if (rest.Length > 16)
            {
                return BinaryPrimitives.ReadUInt128BigEndian(rest[1..]);
            }

            Span<byte> padded = stackalloc byte[16];
            rest.Slice(1, octets).CopyTo(padded);
            return BinaryPrimitives.ReadUInt128BigEndian(padded);
        }
    }
}

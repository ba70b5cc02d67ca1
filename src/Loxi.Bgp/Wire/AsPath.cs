using System.Globalization;
using System.Text;

namespace Loxi.Bgp.Wire;

/// <summary>A canonical AS_PATH: segments of type, count and numbers of four octets.</summary>
internal readonly ref struct AsPath(ReadOnlySpan<byte> value)
{
    internal const int LongestSegment = 255;

    private readonly ReadOnlySpan<byte> _value = value;

    internal ReadOnlySpan<byte> Value => _value;

    internal bool IsEmpty => _value.IsEmpty;

    /// <summary>Length as the choice of a route counts it: a set is one (RFC 4271 9.1.2.2), confederation segments nothing (RFC 5065 5.3).</summary>
    internal int Length
    {
        get
        {
            var length = 0;
            foreach (var segment in this)
            {
                length += segment.Type switch
                {
                    AsSegmentType.Sequence => segment.Count,
                    AsSegmentType.Set => 1,
                    _ => 0,
                };
            }

            return length;
        }
    }

    /// <summary>The AS nearest to us: the first of the first segment, when that is a sequence.</summary>
    internal uint? First
    {
        get
        {
            foreach (var segment in this)
            {
                return segment.Type == AsSegmentType.Sequence ? segment[0] : null;
            }

            return null;
        }
    }

    /// <summary>The AS that the route came from: the last of the last segment, when that is a sequence.</summary>
    internal uint? Last
    {
        get
        {
            uint? last = null;
            foreach (var segment in this)
            {
                last = segment.Type == AsSegmentType.Sequence ? segment[segment.Count - 1] : null;
            }

            return last;
        }
    }

    public Enumerator GetEnumerator() => new(_value);

    internal bool Contains(uint number)
    {
        foreach (var segment in this)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                if (segment[i] == number)
                {
                    return true;
                }
            }
        }

        return false;
    }

    internal int Count(uint number)
    {
        var count = 0;
        foreach (var segment in this)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                count += segment[i] == number ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>As routers show it: <c>64496 64497 {64498 64499}</c>, confederation segments in round and square brackets.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var segment in this)
        {
            var (open, close) = segment.Type switch
            {
                AsSegmentType.Set => ("{", "}"),
                AsSegmentType.ConfederationSequence => ("(", ")"),
                AsSegmentType.ConfederationSet => ("[", "]"),
                _ => ("", ""),
            };
            text.Append(text.Length > 0 ? " " : "").Append(open);
            for (var i = 0; i < segment.Count; i++)
            {
                text.Append(i > 0 ? " " : "").Append(CultureInfo.InvariantCulture, $"{segment[i]}");
            }

            text.Append(close);
        }

        return text.ToString();
    }

    /// <summary>Goes through the segments.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> value)
    {
        private ReadOnlySpan<byte> _rest = value;
        private ReadOnlySpan<byte> _current;

        public readonly AsSegment Current => new((AsSegmentType)_current[0], _current[2..]);

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var size = 2 + (4 * _rest[1]);
            _current = _rest[..size];
            _rest = _rest[size..];
            return true;
        }
    }
}

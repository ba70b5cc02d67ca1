using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Loxi.Bgp.Policy;

/// <summary>A <see cref="BgpCommunityAction"/> as octets.</summary>
internal sealed class CompiledCommunityAction
{
    private readonly CommunityKind _kind;
    private readonly ImmutableArray<Regex> _patterns;

    private CompiledCommunityAction(BgpCommunityMethod method, CommunityKind kind, ImmutableArray<byte> values, ImmutableArray<Regex> patterns)
    {
        Method = method;
        _kind = kind;
        Values = values;
        _patterns = patterns;
    }

    internal BgpCommunityMethod Method { get; }

    /// <summary>The communities, one after the other, as on the wire.</summary>
    internal ImmutableArray<byte> Values { get; }

    internal static CompiledCommunityAction? Compile(BgpCommunityAction? action, CommunityKind kind)
    {
        if (action is null)
        {
            return null;
        }

        var values = ImmutableArray.CreateBuilder<byte>();
        var patterns = ImmutableArray.CreateBuilder<Regex>();
        Span<byte> value = stackalloc byte[12];
        foreach (var text in action.Communities)
        {
            if (CommunityText.TryWrite(kind, text, value))
            {
                values.AddRange(value[..CommunityText.Width(kind)]);
            }
            else if (PolicyText.TryRegex(text, isAsPath: false, out var regex))
            {
                patterns.Add(regex);
            }
        }

        return new(action.Method, kind, values.ToImmutable(), patterns.ToImmutable());
    }

    internal bool Removes(ReadOnlySpan<byte> value)
    {
        for (var at = 0; at < Values.Length; at += value.Length)
        {
            if (Values.AsSpan(at, value.Length).SequenceEqual(value))
            {
                return true;
            }
        }

        if (_patterns.Length > 0)
        {
            var text = CommunityText.Read(_kind, value);
            foreach (var pattern in _patterns)
            {
                if (pattern.IsMatch(text))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

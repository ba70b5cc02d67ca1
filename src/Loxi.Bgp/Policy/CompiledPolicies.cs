using System.Collections.Immutable;

namespace Loxi.Bgp.Policy;

/// <summary>All policies of a speaker, compiled as they are asked for.</summary>
internal sealed class CompiledPolicies
{
    private readonly Dictionary<string, ImmutableArray<CompiledStatement>> _compiled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PolicyChain> _chains = new(StringComparer.Ordinal);
    private readonly PolicySets _sets;

    internal CompiledPolicies(BgpPolicies policies)
    {
        var problems = BgpPolicyValidator.Validate(policies);
        if (!problems.IsEmpty)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(policies));
        }

        Source = policies;
        _sets = new(policies);
    }

    internal BgpPolicies Source { get; }

    /// <summary>The chain of the named policies, in order; the same object for the same names.</summary>
    /// <exception cref="ArgumentException">A name is not defined.</exception>
    internal PolicyChain Chain(ImmutableArray<string> names)
    {
        if (names.IsEmpty)
        {
            return PolicyChain.Empty;
        }

        // No name holds a line feed.
        var key = string.Join('\n', names);
        if (_chains.TryGetValue(key, out var known))
        {
            return known;
        }

        var statements = ImmutableArray.CreateBuilder<CompiledStatement>();
        foreach (var name in names)
        {
            if (!_compiled.TryGetValue(name, out var compiled))
            {
                var policy = Source.Policies.FirstOrDefault(p => p.Name == name) ?? throw new ArgumentException($"policy '{name}' is not defined", nameof(names));
                _compiled[name] = compiled = [.. policy.Statements.Select(statement => new CompiledStatement(statement, _sets))];
            }

            statements.AddRange(compiled);
        }

        return _chains[key] = new(statements.ToImmutable());
    }
}

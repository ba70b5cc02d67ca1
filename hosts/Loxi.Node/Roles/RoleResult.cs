using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Roles;

/// <summary>What became of the post of a role, and why.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Problems">Everything that is wrong; empty where <paramref name="Outcome"/> says all.</param>
internal sealed record RoleResult(RoleOutcome Outcome, ImmutableArray<Problem> Problems);

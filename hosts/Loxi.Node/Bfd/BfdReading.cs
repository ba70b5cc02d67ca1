using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Node.Bfd;

/// <summary>What a request asks for, or why that cannot be.</summary>
/// <param name="Session">The session as it shall be; null when there are problems.</param>
/// <param name="Outcome">Why there is none; <see cref="BfdOutcome.Done"/> when there is one.</param>
/// <param name="Problems">Everything that is wrong.</param>
internal sealed record BfdReading(ConfiguredBfd? Session, BfdOutcome Outcome, ImmutableArray<Problem> Problems);

using System.Globalization;

namespace Loxi.TestKit.Availability;

/// <summary>A time in which the same ones answered.</summary>
/// <param name="From">Its begin, by <see cref="LabClock"/>.</param>
/// <param name="To">Its end.</param>
/// <param name="Owners">Who answered; empty when nobody did, null when nothing was asked: then it is not known.</param>
public sealed record OwnerSpan(TimeSpan From, TimeSpan To, IReadOnlyList<string>? Owners)
{
    public TimeSpan Length => To - From;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{From.TotalSeconds:f3} +{Length.TotalMilliseconds:f0} ms {(Owners is null ? "not asked" : Owners.Count == 0 ? "nobody" : string.Join(" and ", Owners))}");
}

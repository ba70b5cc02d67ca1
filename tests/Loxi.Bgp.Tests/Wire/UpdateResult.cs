using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>A copy of an <see cref="UpdateView"/> that can be kept and compared.</summary>
internal sealed record UpdateResult
{
    public required ErrorHandling Outcome { get; init; }

    public required BgpError Error { get; init; }

    public required BgpError[] Errors { get; init; }

    public required NlriEntry[] Withdrawn { get; init; }

    public required NlriEntry[] Announced { get; init; }

    public required NlriEntry[] MpWithdrawn { get; init; }

    public required NlriEntry[] MpAnnounced { get; init; }

    public required NextHop NextHop { get; init; }

    public required NextHop MpNextHop { get; init; }

    public required BgpFamily? EndOfRib { get; init; }

    public required bool HasAttributes { get; init; }

    /// <summary>The canonical block.</summary>
    public required byte[] Block { get; init; }

    /// <summary>Value and flags of each attribute of the block.</summary>
    public required SortedDictionary<byte, (byte Flags, byte[] Value)> Values { get; init; }

    public required string AsPath { get; init; }

    public static UpdateResult Of(UpdateView view)
    {
        var values = new SortedDictionary<byte, (byte Flags, byte[] Value)>();
        foreach (var entry in view.Attributes)
        {
            values.Add((byte)entry.Type, (entry.Flags, entry.Value.ToArray()));
        }

        return new UpdateResult
        {
            Outcome = view.Outcome,
            Error = view.Error,
            Errors = view.Errors.ToArray(),
            Withdrawn = Entries(view.Withdrawn),
            Announced = Entries(view.Announced),
            MpWithdrawn = Entries(view.MpWithdrawn),
            MpAnnounced = Entries(view.MpAnnounced),
            NextHop = view.NextHop,
            MpNextHop = view.MpNextHop,
            EndOfRib = view.EndOfRib,
            HasAttributes = view.HasAttributes,
            Block = view.Attributes.Bytes.ToArray(),
            Values = values,
            AsPath = view.Attributes.AsPath.ToString(),
        };
    }

    public static NlriEntry[] Entries(PrefixList list)
    {
        var entries = new List<NlriEntry>();
        foreach (var entry in list)
        {
            entries.Add(entry);
        }

        return [.. entries];
    }
}

using System.Globalization;
using Loxi.Ebpf.Native.Links;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// The name under which an attachment is pinned says where it is: links as they are (<c>tcx_3</c>, <c>xdp_3</c>), a clsact filter by its
/// program (<c>clsact_3_1_1_0</c>: interface, priority, handle, qdisc made by us). On the way out <c>egress</c> stands before it.
/// </summary>
internal readonly record struct AttachmentPin(string Hook, TrafficDirection Direction, int InterfaceIndex, int Priority = 0, uint Handle = 0, bool CreatedQdisc = false)
{
    public const string Xdp = "xdp";
    public const string Tcx = "tcx";
    public const string Clsact = "clsact";
    /// <summary>Before the name of a filter that is about to be attached; its priority and handle are not known yet.</summary>
    public const string New = "new";

    /// <summary>Before the name of a filter that is about to run the program that is pinned by it.</summary>
    public const string Next = "next";

    private const string Egress = "egress";

    public static AttachmentPin Of(ClsactFilter filter) =>
        new(Clsact, filter.Direction, filter.InterfaceIndex, filter.Priority, filter.Handle, filter.CreatedQdisc);

    /// <summary>Whether it is the name of something that was begun and has not come to its end.</summary>
    public static bool IsUnfinished(string name) =>
        (name.StartsWith(Next, StringComparison.Ordinal) && Parse(name[Next.Length..]) is not null)
        || (name.StartsWith(New, StringComparison.Ordinal) && Parse(name[New.Length..]) is not null);

    /// <summary>Null for the name of a map or anything else, and for what is unfinished.</summary>
    public static AttachmentPin? Parse(string name)
    {
        var parts = name.Split('_');
        var direction = parts[0].StartsWith(Egress, StringComparison.Ordinal) ? TrafficDirection.Egress : TrafficDirection.Ingress;
        var hook = direction == TrafficDirection.Egress ? parts[0][Egress.Length..] : parts[0];
        Span<int> numbers = stackalloc int[4];
        var expected = hook == Clsact ? 4 : 1;
        if (hook is not (Xdp or Tcx or Clsact) || parts.Length != 1 + expected)
        {
            return null;
        }

        for (var i = 0; i < expected; i++)
        {
            if (!int.TryParse(parts[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return new AttachmentPin(hook, direction, numbers[0], numbers[1], (uint)numbers[2], numbers[3] == 1);
    }

    public override string ToString()
    {
        var prefix = Direction == TrafficDirection.Egress ? Egress : "";
        return Hook == Clsact
            ? string.Create(CultureInfo.InvariantCulture, $"{prefix}{Hook}_{InterfaceIndex}_{Priority}_{Handle}_{(CreatedQdisc ? 1 : 0)}")
            : string.Create(CultureInfo.InvariantCulture, $"{prefix}{Hook}_{InterfaceIndex}");
    }
}

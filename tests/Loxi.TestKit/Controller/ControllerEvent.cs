using System.Globalization;

namespace Loxi.TestKit.Controller;

/// <summary>One thing that happened in a controller.</summary>
/// <param name="Moment">When; of a request, when it was sent. By <see cref="Availability.LabClock"/>.</param>
/// <param name="Kind">What.</param>
/// <param name="Node">The name of the node that it is about.</param>
/// <param name="Request">Method and path of a request, else empty.</param>
/// <param name="Body">Body of a request, else empty.</param>
/// <param name="Status">Status of the answer; null when there was none.</param>
public sealed record ControllerEvent(TimeSpan Moment, ControllerEventKind Kind, string Node, string Request = "", string Body = "", int? Status = null)
{
    /// <summary>The request is one that a node answers with success, or with 409 because all is like that already.</summary>
    public bool IsDone => Status is >= 200 and < 300 or 409;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Moment.TotalSeconds:f3} {Node} {(Kind == ControllerEventKind.Request ? $"{Request} {Body} -> {Status?.ToString(CultureInfo.InvariantCulture) ?? "no answer"}" : Kind.ToString())}");
}

using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core;
using Loxi.Node.Bgp;

namespace Loxi.Node.Rest;

/// <summary>What all paths of BGP have in common.</summary>
internal static class BgpAnswers
{
    public static readonly ApiParameter Peer = new("ip", "Address of the peer.") { IsInPath = true };
    public static readonly ApiParameter Interface = new("interface", "Interface of a link-local peer, where several have the same address.");

    /// <summary>The peer that path and query mean; null, and an answer, when the address is none.</summary>
    public static async Task<BgpSelector?> SelectAsync(HttpContext context)
    {
        var text = Requests.Text(context, "ip");
        if (AddressText.TryParse(text, out var address))
        {
            return new BgpSelector(address, context.Request.Query["interface"].ToString());
        }

        await AnswerAsync(context, new BgpResult(BgpOutcome.Malformed, [Problem.Of("ip", text, BgpReader.AnAddress)]));
        return null;
    }

    public static Task AnswerAsync(HttpContext context, BgpResult result) => result.Outcome switch
    {
        BgpOutcome.Done => Answers.SuccessAsync(context),
        BgpOutcome.Unchanged => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status409Conflict, ApiErrors.BgpNeighborExists)),
        BgpOutcome.Malformed => Answers.WriteAsync(context, ApiErrors.Malformed(ApiErrors.BgpArguments, result.Problems)),
        BgpOutcome.NoPeer => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBgpNeighbor)),
        BgpOutcome.NoRange => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBgpDynamicNeighbor)),
        BgpOutcome.NoSpeaker => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBgpGlobal)),
        BgpOutcome.NoSet => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBgpDefinedSet)),
        BgpOutcome.NoPolicy => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, ApiErrors.NoBgpPolicy)),
        BgpOutcome.InUse => Answers.WriteAsync(context, ApiErrors.Conflict(ApiErrors.BgpInUse, result.Problems)),
        BgpOutcome.LimitReached when !result.Problems.IsEmpty => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyBgpNeighbors}: {result.Problems[0]}", result.Problems)),
        BgpOutcome.LimitReached => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyBgpNeighbors}: at most {BgpModel.Limit} peers")),
        _ => Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status500InternalServerError, $"{ApiErrors.BgpNotStarted}: {result.Problems[0]}", result.Problems)),
    };

    public static RefusedRequestException NoBody() => new(StatusCodes.Status422UnprocessableEntity, ApiErrors.Required, "attr in body is required");
}

namespace Loxi.Bgp.Rib;

/// <summary>The last judgement of policies that do not ask for the prefix. Refers to both sets, so that their numbers stay theirs.</summary>
internal struct JudgementMemo
{
    internal int Source;
    internal int Result;
    internal uint Context;
    internal RouteRejection Rejection;

    internal void Set(AttributeStore attributes, int source, uint context, int result, RouteRejection rejection)
    {
        Clear(attributes);
        attributes.AddReference(source);
        if (result != 0)
        {
            attributes.AddReference(result);
        }

        (Source, Context, Result, Rejection) = (source, context, result, rejection);
    }

    internal void Clear(AttributeStore attributes)
    {
        attributes.Release(Source);
        attributes.Release(Result);
        this = default;
    }
}

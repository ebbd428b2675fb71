using System.Runtime.InteropServices;

namespace DistTrain.Benchmarks.Compare;

/// <summary>SGEMM of a native library: row-major, C = A · B with A or B transposed.</summary>
internal abstract unsafe class PeerGemm
{
    /// <summary>Name and version, as the library says.</summary>
    public abstract string Name { get; }

    /// <param name="shape">Which product; nothing has gaps between its rows.</param>
    /// <param name="a">(m, k), or for dW (k, m).</param>
    /// <param name="b">(k, n), or for dX (n, k).</param>
    /// <param name="c">(m, n)</param>
    public abstract void Multiply(GemmShape shape, float* a, float* b, float* c);

    /// <summary>The first of these files that the system can load, or 0.</summary>
    protected static nint Load(params string[] files)
    {
        foreach (string file in files)
        {
            if (NativeLibrary.TryLoad(file, out nint library))
                return library;
        }

        return 0;
    }

    protected static int LeadingA(GemmShape shape) =>
        shape.Product == Product.WeightGradient ? shape.M : shape.K;

    protected static int LeadingB(GemmShape shape) =>
        shape.Product == Product.InputGradient ? shape.K : shape.N;
}

/// <summary>cblas_sgemm of OpenBLAS.</summary>
internal sealed unsafe class OpenBlas : PeerGemm
{
    private const int RowMajor = 101, AsStored = 111, Transposed = 112;

    private readonly delegate* unmanaged[Cdecl]<
        int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>
        _multiply;

    private readonly string _name;

    private OpenBlas(nint library)
    {
        _multiply = (delegate* unmanaged[Cdecl]<
            int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int,
            void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        _name = $"{TextOf(library, "openblas_get_config")} on kernels for "
            + TextOf(library, "openblas_get_corename");
    }

    public override string Name => _name;

    /// <summary>Null where it is not installed.</summary>
    public static OpenBlas? TryLoad()
    {
        nint library = Load(
            "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0", "libopenblas.so.0",
            "libopenblas");
        return library == 0 ? null : new OpenBlas(library);
    }

    public override void Multiply(GemmShape shape, float* a, float* b, float* c) => _multiply(
        RowMajor,
        shape.Product == Product.WeightGradient ? Transposed : AsStored,
        shape.Product == Product.InputGradient ? Transposed : AsStored,
        shape.M, shape.N, shape.K, 1, a, LeadingA(shape), b, LeadingB(shape), 0, c, shape.N);

    private static string TextOf(nint library, string function)
    {
        if (!NativeLibrary.TryGetExport(library, function, out nint address))
            return "unknown";
        nint text = ((delegate* unmanaged[Cdecl]<nint>)address)();
        return Marshal.PtrToStringUTF8(text)?.Trim() ?? "unknown";
    }
}

/// <summary>dnnl_sgemm of oneDNN.</summary>
internal sealed unsafe class OneDnn : PeerGemm
{
    private readonly delegate* unmanaged[Cdecl]<
        byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long, int>
        _multiply;

    private readonly string _name;

    private OneDnn(nint library)
    {
        _multiply = (delegate* unmanaged[Cdecl]<
            byte, byte, long, long, long, float, float*, long, float*, long, float, float*, long,
            int>)NativeLibrary.GetExport(library, "dnnl_sgemm");
        int* version = ((delegate* unmanaged[Cdecl]<int*>)
            NativeLibrary.GetExport(library, "dnnl_version"))();
        _name = $"oneDNN {version[0]}.{version[1]}.{version[2]}";
    }

    public override string Name => _name;

    /// <summary>Null where it is not installed.</summary>
    public static OneDnn? TryLoad()
    {
        nint library = Load("libdnnl.so.2", "libdnnl.so.3", "libdnnl.so", "dnnl");
        return library == 0 ? null : new OneDnn(library);
    }

    public override void Multiply(GemmShape shape, float* a, float* b, float* c)
    {
        int status = _multiply(
            shape.Product == Product.WeightGradient ? (byte)'T' : (byte)'N',
            shape.Product == Product.InputGradient ? (byte)'T' : (byte)'N',
            shape.M, shape.N, shape.K, 1, a, LeadingA(shape), b, LeadingB(shape), 0, c, shape.N);
        if (status != 0)
            throw new InvalidOperationException($"dnnl_sgemm answers {status} to {shape}.");
    }
}
